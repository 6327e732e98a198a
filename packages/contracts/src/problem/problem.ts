import * as z from 'zod';
import { type ProblemCode, problemCodes, problemKinds } from './codes.ts';

/** Whether bytes of a call may have reached the provider. Adapters always say it. */
export const dispatchedSchema = z.enum(['no', 'maybe', 'yes']);
export type Dispatched = z.infer<typeof dispatchedSchema>;

const ranks: Readonly<Record<Dispatched, number>> = { no: 0, maybe: 1, yes: 2 };

/** Of two attempts at a call, how far they have come together. */
export function furtherDispatched(one: Dispatched, other: Dispatched): Dispatched {
  return ranks[one] >= ranks[other] ? one : other;
}

/** One fault in the parameters: where it is (JSON Pointer, RFC 6901, '' is the whole document) and what is wrong. */
export const paramsErrorSchema = z.object({ pointer: z.string(), detail: z.string() });
export type ParamsError = z.infer<typeof paramsErrorSchema>;

/** An RFC 9457 problem document. Clients decide by `code`; `title` and `detail` are for people. */
export const problemSchema = z.looseObject({
  type: z.string(),
  title: z.string(),
  status: z.int().min(400).max(599),
  code: z.enum(problemCodes as [ProblemCode, ...ProblemCode[]]),
  detail: z.string().optional(),
  /** The trace id, as in `X-Correlation-Id`. */
  traceId: z.string().optional(),
  errors: z.array(paramsErrorSchema).optional(),
  reason: z.string().optional(),
  decisionId: z.string().optional(),
  dispatched: dispatchedSchema.optional(),
  upstreamStatus: z.int().optional(),
  /** The provider's own code of its failure, from adapters to the proxy, for its log alone: agents are not told. */
  upstreamCode: z.string().optional(),
});
export type Problem = z.infer<typeof problemSchema>;

/** The members that a failure may add to its document beside `code` and `detail`. */
export type ProblemExtensions = Pick<
  Problem,
  'errors' | 'reason' | 'decisionId' | 'dispatched' | 'upstreamStatus' | 'upstreamCode'
>;

export const problemMediaType = 'application/problem+json';

/** The document of a failure; `type` is a URN made of the code, so that it never points at a host that may vanish. */
export function toProblem(
  code: ProblemCode,
  options: { detail?: string; traceId?: string; extensions?: ProblemExtensions } = {},
): Problem {
  const { status, title } = problemKinds[code];
  return {
    type: `urn:4runr:problem:${code}`,
    title,
    status,
    code,
    ...(options.detail === undefined ? {} : { detail: options.detail }),
    ...(options.traceId === undefined ? {} : { traceId: options.traceId }),
    ...options.extensions,
  };
}
