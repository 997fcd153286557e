import type { Bytes } from './bytes.ts';
import type { ClientProblem } from './client-problem.ts';
import { readProblem } from './client-problem.ts';

/** One answer to the request for a stream: its bytes, or why there are none. */
export type OpenedStream =
  | { readonly ok: true; readonly chunks: AsyncIterable<Bytes> }
  | { readonly ok: false; readonly problem: ClientProblem };

/** Where a stream comes from. Rejects, or throws between chunks, when the connection fails. */
export interface StreamSource {
  open(after: string | undefined, signal: AbortSignal): Promise<OpenedStream>;
}

/** The stream at `streamUrl` of the page's own origin. */
export function httpStreamSource(streamUrl: string): StreamSource {
  return {
    async open(after, signal) {
      const url = new URL(streamUrl, self.location.origin);
      if (after !== undefined) url.searchParams.set('after', after);
      const response = await fetch(url, { signal, headers: { accept: 'application/x-ndjson' }, cache: 'no-store' });
      if (!response.ok || response.body === null) return { ok: false, problem: await readProblem(response) };
      return { ok: true, chunks: readChunks(response.body) };
    },
  };
}

/** Safari has no async iteration of streams. */
async function* readChunks(body: ReadableStream<Bytes>): AsyncGenerator<Bytes, void, undefined> {
  const reader = body.getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
