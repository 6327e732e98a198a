import { type AdapterRequest, type AdapterResponse, adapterRequestSchema } from '@4runr/contracts/call';
import type { HandlerObligation } from '@4runr/contracts/decision';
import { headers } from '@4runr/contracts/headers';
import type { PermitClaims } from '@4runr/contracts/mesh';
import { startDeadline } from '@4runr/service-kit/client';
import { ProblemError } from '@4runr/service-kit/errors';
import type { Kit } from '@4runr/service-kit/lifecycle';
import { verifyPermit } from '@4runr/service-kit/mesh';
import { trace } from '@opentelemetry/api';
import type { Request, RequestHandler, Response } from 'express';
import { type ActionCall, CallProgress } from '../action/action-call.ts';
import type { CompiledAction } from '../action/compile-actions.ts';
import { keepToCost } from '../action/cost-limit.ts';
import { toCallFailure } from './call-failure.ts';
import { checkUsage } from './check-usage.ts';
import { answerBitByBit } from './stream-answer.ts';

export interface CarryOutParts {
  readonly kit: Kit;
  readonly actions: ReadonlyMap<string, CompiledAction>;
}

/**
 * `POST /actions/{action}`: what is asked for must exist, be permitted, and fit the schema; then it is carried out once. The answer
 * is the outcome, or a stream of events where the parameters ask for one. `Server-Timing` says how much of the time was the
 * provider's; of a stream its last event does.
 */
export function carryOutAction(parts: CarryOutParts): RequestHandler {
  return async (request, response) => {
    const action = findAction(parts.actions, String(request.params.action));
    const asked = readRequest(request.body);
    const permit = checkPermit(parts.kit, request, { ...asked, scope: action.scope });
    traceExecution(action.scope, asked.callId);
    action.checkParams(asked.params);
    const obligations = reportingRefusals(parts.kit, { ...asked, scope: action.scope }, () =>
      keepToCost({ cost: action.cost, params: asked.params }, permit.obligations),
    );
    const timeLimitMs = Math.min(action.timeoutMs, readTimeLimitMs(request));
    await respond(parts.kit, response, { action, asked, obligations, timeLimitMs });
  };
}

/** OpenTelemetry's GenAI conventions. What a tool is called with, and what it answers, is not told. */
function traceExecution(tool: string, callId: string): void {
  trace.getActiveSpan()?.setAttributes({
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': tool,
    'gen_ai.tool.type': 'extension',
    'gen_ai.tool.call.id': callId,
  });
}

function findAction(actions: CarryOutParts['actions'], name: string): CompiledAction {
  const action = actions.get(name);
  if (action === undefined) throw new ProblemError('action.unknown');
  return action;
}

function readRequest(body: unknown): AdapterRequest {
  const parsed = adapterRequestSchema.safeParse(body);
  if (!parsed.success)
    throw new ProblemError('request.invalid', { detail: 'The body is not {callId, params}.' });
  return parsed.data;
}

/** What a permit is to be for. */
type PermitSubject = AdapterRequest & { readonly scope: string };

function checkPermit(kit: Kit, request: Request, subject: PermitSubject): PermitClaims {
  const permit = request.get(headers.permit);
  return reportingRefusals(kit, subject, () => {
    if (permit === undefined) throw new ProblemError('token.missing', { detail: 'A permit is required.' });
    return verifyPermit(kit.keyring, permit, subject);
  });
}

/** Only a service of the mesh can come this far: whatever its permit lacks, it asks for what it may not have. */
function reportingRefusals<T>(kit: Kit, { scope, callId }: PermitSubject, check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (error instanceof ProblemError)
      kit.reportSecurityEvent('authorization_violation', {
        ...{ credential: 'permit', code: error.code, scope, call_id: callId },
      });
    throw error;
  }
}

/** What the caller's own caller gives; without the header, or with a malformed one, as much as the manifest says. */
function readTimeLimitMs(request: Request): number {
  const limit = request.get(headers.timeLimit) ?? '';
  return /^[1-9]\d{0,8}$/.test(limit) ? Number(limit) : Number.POSITIVE_INFINITY;
}

interface PermittedRequest {
  readonly action: CompiledAction;
  readonly asked: AdapterRequest;
  readonly obligations: readonly HandlerObligation[];
  readonly timeLimitMs: number;
}

async function respond(
  kit: Kit,
  response: Response,
  { action, asked, obligations, timeLimitMs }: PermittedRequest,
): Promise<void> {
  const progress = new CallProgress();
  const mayStop = () => action.effect !== 'effect' || progress.dispatched === 'no';
  const streaming = streamingFor(action, asked);
  const deadline = startDeadline(streaming?.timeoutMs ?? timeLimitMs, signalOfGoneCaller(response, mayStop));
  const call: ActionCall = {
    ...asked,
    action: action.name,
    obligations,
    logger: kit.logger,
    signal: deadline.signal,
    endedBy: deadline.reason,
    timeLimitMs,
    progress,
  };
  try {
    if (streaming === undefined) await answerWhole(response, call, action);
    else await answerBitByBit(response, call, streaming.handle);
  } catch (error) {
    if (deadline.reason() !== 'aborted') throw toCallFailure(error, action.effect, progress);
    kit.logger.info({ action: action.name, dispatched: progress.dispatched }, 'the caller has gone');
  } finally {
    deadline.clear();
  }
}

/** How the answer is streamed, where these parameters ask for it. */
function streamingFor(
  { streaming }: CompiledAction,
  { params }: AdapterRequest,
): CompiledAction['streaming'] {
  return streaming !== undefined && params[streaming.param] === true ? streaming : undefined;
}

async function answerWhole(
  response: Response,
  call: ActionCall,
  { handle, checkResult }: CompiledAction,
): Promise<void> {
  const { result, usage } = await handle(call);
  checkResult(result);
  const outcome: AdapterResponse = { result, ...checkUsage(call.logger, usage) };
  response.set(headers.serverTiming, `upstream;dur=${call.progress.upstreamMs.toFixed(3)}`).json(outcome);
}

/**
 * Fires when the connection closes before the answer is out. An effect that has begun is carried through all the same:
 * broken off, it would be half done.
 */
function signalOfGoneCaller(response: Response, mayStop: () => boolean): AbortSignal {
  const controller = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished && mayStop()) controller.abort();
  });
  return controller.signal;
}
