/** Whose fault a failure is: decides who looks at it, and whether it counts against a breaker or an objective. */
export type Fault = 'client' | 'policy' | 'platform' | 'upstream';

export interface ProblemKind {
  readonly status: number;
  readonly title: string;
  readonly fault: Fault;
  /** Whether the same request may succeed later without being changed. */
  readonly retryable: boolean;
}

const kind = <S extends number>(
  status: S,
  title: string,
  fault: Fault,
  retryable = false,
): ProblemKind & { readonly status: S } => ({ status, title, fault, retryable });

/** Every failure that the gateway can answer with. The keys are the stable `code` of a problem document. */
export const problemKinds = {
  'request.invalid': kind(400, 'The request is malformed', 'client'),
  'token.missing': kind(401, 'An access token is required', 'client'),
  'token.invalid': kind(401, 'The access token is not valid', 'client'),
  'token.expired': kind(401, 'The access token has expired', 'client'),
  'token.revoked': kind(401, 'The access token has been revoked', 'client'),
  'scope.insufficient': kind(403, 'The access token does not carry the scope needed', 'client'),
  'policy.denied': kind(403, 'Policy does not allow this call', 'policy'),
  'target.forbidden': kind(403, 'The target may not be reached through the gateway', 'client'),
  'tool.unknown': kind(404, 'There is no such tool', 'client'),
  'action.unknown': kind(404, 'The tool has no such action', 'client'),
  'agent.unknown': kind(404, 'There is no such agent', 'client'),
  'policy.unknown': kind(404, 'There is no such policy', 'client'),
  'job.unknown': kind(404, 'There is no such job', 'client'),
  'route.unknown': kind(404, 'There is nothing at this path', 'client'),
  'method.unsupported': kind(405, 'The method is not supported at this path', 'client'),
  'request.timeout': kind(408, 'The request took too long to arrive', 'client', true),
  conflict: kind(409, 'The request conflicts with what exists', 'client'),
  'idempotency.conflict': kind(409, 'The idempotency key was used for another request', 'client'),
  'idempotency.in_progress': kind(409, 'A call with this idempotency key is still running', 'client', true),
  'precondition.failed': kind(412, 'The resource has changed since it was read', 'client'),
  'body.too_large': kind(413, 'The request body is too large', 'client'),
  'media_type.unsupported': kind(415, 'The content type is not supported', 'client'),
  'params.invalid': kind(422, 'The parameters do not fit the schema', 'client'),
  'precondition.required': kind(428, 'An If-Match header is required', 'client'),
  'quota.exceeded': kind(429, 'A quota is used up', 'policy', true),
  'rate.limited': kind(429, 'Too many requests', 'client', true),
  'jobs.limited': kind(429, 'Too many jobs are queued', 'client', true),
  'headers.too_large': kind(431, 'The request headers are too large', 'client'),
  internal: kind(500, 'Something unforeseen went wrong', 'platform'),
  'upstream.failed': kind(502, 'The provider failed', 'upstream', true),
  'upstream.rejected': kind(502, 'The provider refused the request', 'upstream'),
  'upstream.outcome_unknown': kind(502, 'Whether the provider acted cannot be known', 'upstream'),
  'response.blocked': kind(502, 'Policy does not let this response through', 'policy'),
  'response.too_large': kind(502, 'The response is larger than allowed', 'upstream'),
  'breaker.open': kind(503, 'The tool is failing and is not called for now', 'upstream', true),
  'overload.shed': kind(503, 'The gateway is overloaded', 'platform', true),
  'policy.unavailable': kind(503, 'No policy decision can be had', 'platform', true),
  'service.unavailable': kind(503, 'A part of the gateway is unavailable', 'platform', true),
  'upstream.timeout': kind(504, 'The provider did not answer in time', 'upstream', true),
} as const satisfies Record<string, ProblemKind>;

export type ProblemCode = keyof typeof problemKinds;

/** Codes of 401 and 403: somebody is not believed, or may not do what was asked for. */
export type RefusalCode = {
  [C in ProblemCode]: (typeof problemKinds)[C]['status'] extends 401 | 403 ? C : never;
}[ProblemCode];

export const problemCodes = Object.keys(problemKinds) as readonly ProblemCode[];

export function isProblemCode(value: unknown): value is ProblemCode {
  return typeof value === 'string' && Object.hasOwn(problemKinds, value);
}
