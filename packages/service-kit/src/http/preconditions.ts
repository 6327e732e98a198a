import type { Request } from 'express';
import { ProblemError } from '../errors/index.ts';

/**
 * Holds a request that would change its target to its `If-Match` and `If-None-Match` (RFC 9110 section 13). Tags are compared
 * strongly: a weak one never matches. Without either header everything holds.
 *
 * @param entityTag of the target's state now, as its `ETag` shows it; `undefined` where there is no target
 * @throws ProblemError `precondition.failed`
 */
export function assertPreconditions(request: Request, entityTag: string | undefined): void {
  const ifMatch = request.get('if-match');
  const ifNoneMatch = request.get('if-none-match');
  if (ifMatch !== undefined && !matches(ifMatch, entityTag)) {
    throw new ProblemError('precondition.failed', {
      detail: 'The resource is not, or no longer, in the state that If-Match names.',
    });
  }
  if (ifNoneMatch !== undefined && matches(ifNoneMatch, entityTag)) {
    throw new ProblemError('precondition.failed', {
      detail: 'The resource is in a state that If-None-Match rules out.',
    });
  }
}

/** @throws ProblemError `precondition.required` without `If-Match` (RFC 6585 section 3) */
export function requireIfMatch(request: Request): void {
  if (request.get('if-match') === undefined) {
    throw new ProblemError('precondition.required', {
      detail: 'Send the ETag that the change is based on as If-Match, or * to change any state.',
    });
  }
}

/**
 * Whether the client has the state of the target already, by `If-None-Match`: it need only be told 304. Unlike express'
 * `request.fresh` this heeds no `Cache-Control`, which is about caches on the way.
 */
export function hasState(request: Request, entityTag: string): boolean {
  return matches(request.get('if-none-match') ?? '', entityTag);
}

const entityTagForm = /(W\/)?("[\x21\x23-\x7e\x80-\xff]*")/g;

function matches(condition: string, entityTag: string | undefined): boolean {
  if (entityTag === undefined) return false;
  if (condition.trim() === '*') return true;
  return [...condition.matchAll(entityTagForm)].some(
    ([, weak, tag]) => weak === undefined && tag === entityTag,
  );
}
