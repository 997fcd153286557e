import { createRoot, createSignal } from 'solid-js';

/** The search part of the trace page as it was left, so that coming back shows the same trace. */
export const [lastTraceSearch, setLastTraceSearch] = createRoot(() => createSignal(''));
