import { ProblemError } from '@4runr/service-kit/errors';
import { toJsonPointer } from '@4runr/service-kit/http';
import type * as z from 'zod';

/**
 * A question or a query as the schema reads it.
 *
 * @throws ProblemError `request.invalid` (400, as AuthZEN 1.0 section 10.1.2 has it) with every fault and where it is
 */
export function parseInput<T>(schema: z.ZodType<T>, input: unknown): T {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.map(({ path, message }) => ({
    pointer: toJsonPointer(path),
    detail: message,
  }));
  throw new ProblemError('request.invalid', { extensions: { errors } });
}
