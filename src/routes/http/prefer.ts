/** `Prefer` (RFC 7240), as far as it is understood here. */
export interface Preferences {
  readonly respondAsync: boolean;
  /** Seconds a caller is willing to wait. */
  readonly waitSeconds: number | undefined;
}

/** Unknown and malformed preferences are ignored, the first of several counts: that is what the RFC asks for. */
export function parsePrefer(header: string | null | undefined): Preferences {
  let respondAsync = false;
  let waitSeconds: number | undefined;
  for (const part of (header ?? '').split(',')) {
    const [preference = ''] = part.split(';');
    const match = /^([a-z-]+)(?:\s*=\s*"?([^"]*)"?)?$/i.exec(preference.trim());
    const name = match?.[1]?.toLowerCase();
    if (name === 'respond-async') respondAsync = true;
    if (name === 'wait' && waitSeconds === undefined && /^[0-9]{1,6}$/.test(match?.[2] ?? ''))
      waitSeconds = Number(match?.[2]);
  }
  return { respondAsync, waitSeconds };
}
