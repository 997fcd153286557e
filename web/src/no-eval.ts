import * as z from 'zod/mini';

/**
 * Imported before anything that declares a schema: zod would probe whether it may compile schemas with `new Function`,
 * and our content security policy reports each probe.
 */
z.config({ jitless: true });
