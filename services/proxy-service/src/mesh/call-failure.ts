import type { Effect } from '@4runr/contracts/manifest';
import { type Dispatched, type Problem, type ProblemCode, problemSchema } from '@4runr/contracts/problem';
import { ServiceCallError, type ServiceResponse } from '@4runr/service-kit/client';
import { ProblemError } from '@4runr/service-kit/errors';
import { ClientGoneError, type ResolvedCall } from '../domain/call.ts';
import { jsonOf, unexpectedAnswer } from './json-answer.ts';

/** Failures of the call itself; everything else that an adapter answers is about the mesh, not about the agent. */
const ofTheCall: ReadonlySet<ProblemCode> = new Set([
  'params.invalid',
  'body.too_large',
  'target.forbidden',
  'upstream.failed',
  'upstream.rejected',
  'upstream.timeout',
  'upstream.outcome_unknown',
  'response.too_large',
]);

/** Of these, the ones that say nothing of what the provider did, unless it answered with a status. */
const unfinished: ReadonlySet<ProblemCode> = new Set([
  'upstream.failed',
  'upstream.timeout',
  'response.too_large',
]);

/** What operators are told of a failure beside what the agent is: the provider's own code. */
export class AdapterFailure extends Error {
  readonly upstreamCode: string | undefined;

  constructor(answer: Error, upstreamCode: string | undefined) {
    super(answer.message);
    this.name = 'AdapterFailure';
    this.upstreamCode = upstreamCode;
  }
}

/** What an adapter answered in place of a result, as the agent is told of it. */
export function toCallFailure(response: ServiceResponse, effect: Effect): ProblemError {
  const problem = problemSchema.safeParse(jsonOf(response)).data;
  const cause = new AdapterFailure(unexpectedAnswer('the adapter', response), problem?.upstreamCode);
  if (problem === undefined || !ofTheCall.has(problem.code)) {
    return mayHaveActed(response.status, problem) ? failedInside(effect, cause) : unusable(cause, 'no');
  }
  const isUnfinished = unfinished.has(problem.code) && problem.upstreamStatus === undefined;
  if (effect === 'effect' && isUnfinished && problem.dispatched !== 'no') return lostAnswer(effect, cause);
  return passOn(problem, response, cause);
}

/** What became of a call whose exchange with its adapter failed. Of what is no `ServiceCallError`, itself. */
export function toLostCall(error: unknown, { action, tool }: ResolvedCall): unknown {
  if (!(error instanceof ServiceCallError)) return error;
  if (error.failure === 'aborted') return new ClientGoneError({ cause: error });
  return error.dispatched === 'no'
    ? unreachable(tool.name, error)
    : lostAnswer(action.manifest.effect, error);
}

/** Nobody answered, and nothing can have been sent. */
function unreachable(tool: string, cause: Error): ProblemError {
  return new ProblemError('service.unavailable', {
    detail: `The adapter of ${tool} cannot be reached.`,
    cause,
    headers: { 'Retry-After': '1' },
    extensions: { dispatched: 'no' },
  });
}

/** The adapter may have acted, but what came of it is lost. */
export function lostAnswer(effect: Effect, cause: Error): ProblemError {
  const timedOut = cause instanceof ServiceCallError && cause.failure === 'timeout';
  const code = timedOut ? 'upstream.timeout' : 'upstream.failed';
  return new ProblemError(effect === 'effect' ? 'upstream.outcome_unknown' : code, {
    cause,
    extensions: { dispatched: 'maybe' },
  });
}

/** An adapter that refuses a request says so by a 4xx and has not acted, unless it says otherwise. */
function mayHaveActed(status: number, problem: Problem | undefined): boolean {
  if (problem?.dispatched !== undefined) return problem.dispatched !== 'no';
  return status < 400 || status >= 500;
}

function failedInside(effect: Effect, cause: Error): ProblemError {
  return effect === 'effect' ? lostAnswer(effect, cause) : unusable(cause, 'maybe');
}

function unusable(cause: Error, dispatched: Dispatched): ProblemError {
  return new ProblemError('service.unavailable', {
    detail: 'The tool cannot be used now.',
    cause,
    headers: { 'Retry-After': '1' },
    extensions: { dispatched },
  });
}

function passOn(problem: Problem, response: ServiceResponse, cause: Error): ProblemError {
  const { code, detail, errors, reason, dispatched, upstreamStatus } = problem;
  const retryAfter = response.headers['retry-after'];
  return new ProblemError(code, {
    cause,
    ...(detail === undefined ? {} : { detail }),
    ...(typeof retryAfter === 'string' && isSeconds(retryAfter)
      ? { headers: { 'Retry-After': retryAfter } }
      : {}),
    extensions: {
      ...(errors === undefined ? {} : { errors }),
      ...(reason === undefined ? {} : { reason }),
      ...(dispatched === undefined ? {} : { dispatched }),
      ...(upstreamStatus === undefined ? {} : { upstreamStatus }),
    },
  });
}

function isSeconds(text: string): boolean {
  return /^\d{1,6}$/.test(text);
}
