/**
 * Conditional requests (RFC 9110 §13) on something whose only validator is a strong entity tag. It has no date, so
 * If-Modified-Since and If-Unmodified-Since are ignored, and a date in If-Range never matches.
 */
export interface Conditions {
  readonly ifMatch?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
  readonly ifRange?: string | undefined;
}

export type PreconditionAnswer = 'proceed' | 'not_modified' | 'precondition_failed';

// Commas may stand inside a tag, so lists are not split: tags are picked out of them.
const ENTITY_TAG = /(W\/)?("[\u0021\u0023-\u007e\u0080-\u00ff]*")/g;

/** In the order of §13.2.2: If-Match first, If-None-Match next. Range and If-Range count only after `proceed`. */
export function evaluatePreconditions(conditions: Conditions, etag: string): PreconditionAnswer {
  const { ifMatch, ifNoneMatch } = conditions;
  if (ifMatch !== undefined && !listContains(ifMatch, etag, 'strong')) return 'precondition_failed';
  if (ifNoneMatch !== undefined && listContains(ifNoneMatch, etag, 'weak')) return 'not_modified';
  return 'proceed';
}

/** Whether a `Range` header counts: without If-Range, or when it names exactly these bytes. */
export function isRangeWanted({ ifRange }: Conditions, etag: string): boolean {
  return ifRange === undefined || ifRange.trim() === etag;
}

function listContains(list: string, etag: string, comparison: 'strong' | 'weak'): boolean {
  if (list.trim() === '*') return true;
  for (const [, weak, tag] of list.matchAll(ENTITY_TAG)) {
    if (tag === etag && (weak === undefined || comparison === 'weak')) return true;
  }
  return false;
}
