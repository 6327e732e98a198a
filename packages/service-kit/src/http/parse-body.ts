import type { ParamsError } from '@4runr/contracts/problem';
import type * as z from 'zod';
import { ProblemError } from '../errors/index.ts';

/**
 * A request body as the schema reads it.
 *
 * @throws ProblemError `request.invalid` without a body; `params.invalid` with every fault and where it is
 */
export function parseBody<T>(schema: z.ZodType<T>, body: unknown): T {
  if (body === undefined) throw new ProblemError('request.invalid', { detail: 'A JSON body is required.' });
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw invalidParams(parsed.error.issues.flatMap(toParamsErrors));
  return parsed.data;
}

/** `params.invalid` with its faults. */
export function invalidParams(errors: readonly ParamsError[]): ProblemError {
  return new ProblemError('params.invalid', { extensions: { errors: [...errors] } });
}

/** The JSON Pointer (RFC 6901) of a path into a document. */
export function toJsonPointer(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** Unknown members are faults of their own place, not of the object around them. */
function toParamsErrors(issue: z.core.$ZodIssue): ParamsError[] {
  if (issue.code !== 'unrecognized_keys') {
    return [{ pointer: toJsonPointer(issue.path), detail: issue.message }];
  }
  return issue.keys.map((key) => ({ pointer: toJsonPointer([...issue.path, key]), detail: 'is not known' }));
}
