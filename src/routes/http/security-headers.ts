/** On every response of the Worker; static assets, which bypass it, get the same from `web/public/_headers`. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': [
    "default-src 'self'",
    "script-src 'self'",
    "worker-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};

export const REQUEST_ID_HEADER = 'x-request-id';

/** Sets the headers in place: a response made anew would lose `encodeBody`. Its headers must be mutable. */
export function addSecurityHeaders(headers: Headers, requestId: string): void {
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) headers.set(name, value);
  headers.set(REQUEST_ID_HEADER, requestId);
}
