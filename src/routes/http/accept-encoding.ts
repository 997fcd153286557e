/**
 * Whether a caller takes gzip (RFC 9110 12.5.3). An absent header takes anything, but a caller that does not speak of
 * encodings at all (a plain script) is better served with plain text.
 */
export function acceptsGzip(acceptEncoding: string | null | undefined): boolean {
  let wildcard = false;
  for (const part of (acceptEncoding ?? '').split(',')) {
    const [coding = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase());
    if (coding === 'gzip' || coding === 'x-gzip') return qualityOf(parameters) > 0;
    if (coding === '*') wildcard = qualityOf(parameters) > 0;
  }
  return wildcard;
}

function qualityOf(parameters: readonly string[]): number {
  for (const parameter of parameters) {
    const value = /^q\s*=\s*([01](?:\.[0-9]{0,3})?)$/.exec(parameter)?.[1];
    if (value !== undefined) return Number(value);
    if (/^q\s*=/.test(parameter)) return 0;
  }
  return 1;
}

/** The platform replaces the header on its way to the Worker and keeps what the caller sent beside it. */
export function acceptEncodingOf(request: Request): string | null {
  const original: unknown = request.cf?.['clientAcceptEncoding'];
  return typeof original === 'string' ? original : request.headers.get('accept-encoding');
}
