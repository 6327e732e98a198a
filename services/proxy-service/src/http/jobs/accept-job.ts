import { headers } from '@4runr/contracts/headers';
import { type JobAccepted, jobsPath } from '@4runr/contracts/job';
import type { RequestHandler, Response } from 'express';
import type { ReceivedCall } from '../../domain/call.ts';
import type { Jobs } from '../../jobs/compose-jobs.ts';
import type { AcceptedJob } from '../../pipeline/enqueue.ts';
import { outcomeOf, type Unanswered } from '../../pipeline/outcome.ts';
import { createRecorder } from '../../pipeline/record.ts';
import { createAcceptingPipeline } from '../../pipeline/steps.ts';
import { endOfCall } from '../call-end.ts';
import { setCallHeaders } from '../call-headers.ts';
import { readPreferences } from '../preferences.ts';
import { createCallReceiver } from '../received-call.ts';
import type { RouteParts } from '../routes.ts';

const respondAsync = 'respond-async';

/**
 * `POST /v1/tools/{tool}/{action}` with `Prefer: respond-async` (RFC 7240 section 4.1): the call is decided, kept, and answered with
 * a job. Every other call is passed on, and every one where jobs are switched off.
 */
export function acceptJob(parts: RouteParts): readonly RequestHandler[] {
  return parts.jobs === undefined ? [] : [accepting(parts, parts.jobs)];
}

function accepting(parts: RouteParts, { store, work, readWebhook }: Jobs): RequestHandler {
  const receive = createCallReceiver(parts);
  const steps = createAcceptingPipeline({ ...parts, jobs: store, readWebhook });
  const record = createRecorder(parts);
  return async (request, response, next) => {
    if (!readPreferences(request.get(headers.prefer)).has(respondAsync)) return next();
    const { tool, action } = request.params;
    const end = endOfCall(response);
    const call = receive(request, response, {
      ...{ toolName: String(tool), actionName: String(action) },
      takesStream: false,
      webhooks: request.headersDistinct[headers.jobWebhook.toLowerCase()] ?? [],
      onEnd: end.onEnd,
    });
    try {
      const outcome = await outcomeOf<Accepted>(async () => ({
        kind: 'completed',
        status: 202,
        job: await steps.run(call),
      }));
      if (outcome.kind === 'completed') work.wake();
      await record(call, outcome);
      if (!call.signal.aborted) respond(response, call, outcome);
    } finally {
      end.arrive();
    }
  };
}

type Accepted = { readonly kind: 'completed'; readonly status: 202; readonly job: AcceptedJob };

/** @throws ProblemError the failure, which is rendered where all are */
function respond(response: Response, call: ReceivedCall, outcome: Accepted | Unanswered): void {
  setCallHeaders(response, call);
  if (outcome.kind === 'failed') throw outcome.problem;
  if (outcome.kind === 'abandoned') return;
  const { id, status } = outcome.job;
  const accepted: JobAccepted = { job: { id, status } };
  response
    .status(202)
    .set({
      Location: `${jobsPath}/${id}`,
      [headers.preferenceApplied]: respondAsync,
      'Cache-Control': 'no-store',
    })
    .json(accepted);
}
