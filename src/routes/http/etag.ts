/** Whether `If-None-Match` names the tag (weak comparison, RFC 9110 13.1.2). */
export function matchesEtag(ifNoneMatch: string | null | undefined, etag: string): boolean {
  return listTags(ifNoneMatch).some((tag) => tag === '*' || tag === etag);
}

/** The tags of `If-None-Match`, without `W/`. */
export function listTags(ifNoneMatch: string | null | undefined): string[] {
  return (ifNoneMatch ?? '').match(/\*|"[\x21\x23-\x7e]*"/g) ?? [];
}

/**
 * The place in the queue is not the job's own knowledge, so it is not in the job's tag; a strong tag has to change with
 * it all the same.
 */
export function withQueuePlace(etag: string, ahead: number | undefined): string {
  return ahead === undefined ? etag : `${etag.slice(0, -1)}-q${ahead}"`;
}
