import { hasEnded } from '@4runr/contracts/job';
import type { AccessTokenAuthority } from '@4runr/service-kit/access-token';
import { ProblemError } from '@4runr/service-kit/errors';
import type { Kit } from '@4runr/service-kit/lifecycle';
import type { Revocations } from '@4runr/service-kit/revocation';
import { formatEvent, heartbeat, writeInTurn } from '@4runr/service-kit/sse';
import type { Request, RequestHandler, Response } from 'express';
import type { Capacity } from '../../domain/capacity.ts';
import type { JobRecord, JobStore } from '../../domain/job.ts';
import type { JobWatch } from '../../jobs/job-watch.ts';
import { createJobAsker, type JobAsker, known } from './job-owner.ts';
import { earlierViewOf, viewOf } from './job-view.ts';

export interface FollowParts {
  readonly kit: Pick<Kit, 'logger' | 'onDrain'>;
  readonly authority: AccessTokenAuthority;
  readonly revocations: Revocations;
  readonly capacity: Capacity;
  readonly jobs: JobStore;
  readonly watch: JobWatch;
}

/** How often a silent stream says that it lives, in milliseconds. */
const heartbeatMs = 15_000;

/** What a client that has lost the stream waits before it comes again, in milliseconds. */
const retryMs = 1_000;

/**
 * `GET /v1/jobs/{id}/events`: every status of a job as an event (`text/event-stream`), numbered from 1; the last one has what came
 * of it. `Last-Event-ID` leaves out what is known; 204 where that is everything, so that no client comes again. The stream
 * ends with the job, with the token, and when the replica stops.
 */
export function followJob(parts: FollowParts): RequestHandler {
  const ask = createJobAsker(parts);
  const draining = new AbortController();
  parts.kit.onDrain('streams of jobs', () => draining.abort());
  return async (request, response) => {
    const asker = await ask(request, response);
    const job = known(await parts.jobs.find(asker.jobId, asker.claims.sub));
    const seen = lastEventIdOf(request);
    if (hasEnded(job.status) && seen >= job.history.length) return void response.status(204).end();
    if (request.method === 'HEAD') return void response.end();
    const leave = takePlace(parts.capacity, asker.claims.sub);
    response.set('Content-Type', 'text/event-stream; charset=utf-8');
    const left = new AbortController();
    response.once('close', () => left.abort());
    const signal = AbortSignal.any([left.signal, draining.signal, untilExpiry(asker)]);
    try {
      await tell(parts, { asker, job, seen, response, signal });
    } catch (error) {
      if (!signal.aborted) parts.kit.logger.debug({ err: error }, 'a stream of a job broke off');
    } finally {
      leave();
      response.end();
    }
  };
}

interface Telling {
  readonly asker: JobAsker;
  readonly job: JobRecord;
  readonly seen: number;
  readonly response: Response;
  readonly signal: AbortSignal;
}

/** Tells of a job until it has ended. @throws when the signal fires, and where the job cannot be read any more */
async function tell(parts: FollowParts, { asker, job, seen, response, signal }: Telling): Promise<void> {
  let [current, told]: [JobRecord, number] = [job, seen];
  await writeInTurn(response, `retry: ${retryMs}\n\n`, { signal });
  for (;;) {
    if (parts.revocations.isRevoked(asker.claims)) return;
    await writeInTurn(response, eventsAfter(current, told), { signal });
    told = current.history.length;
    if (hasEnded(current.status)) return;
    while (!(await parts.watch.changed(asker.jobId, { told, withinMs: heartbeatMs, signal }))) {
      await writeInTurn(response, heartbeat, { signal });
    }
    current = known(await parts.jobs.find(asker.jobId, asker.claims.sub));
  }
}

function eventsAfter(job: JobRecord, told: number): string {
  const last = job.history.length - 1;
  return job.history
    .map((status, index) =>
      formatEvent({
        id: String(index + 1),
        data: JSON.stringify(index === last ? viewOf(job) : earlierViewOf(job, status)),
      }),
    )
    .slice(told)
    .join('');
}

/** What is no number of an event stands before the first. */
function lastEventIdOf(request: Request): number {
  const id = request.get('last-event-id') ?? '';
  return /^\d{1,9}$/.test(id) ? Number(id) : 0;
}

/** Whoever follows takes a place as a call does. @throws ProblemError `overload.shed`, `rate.limited` */
function takePlace(capacity: Capacity, agent: string): () => void {
  const leave = capacity.enter();
  const headers = { 'Retry-After': '1' };
  if (leave === undefined) throw new ProblemError('overload.shed', { headers });
  const leaveShare = capacity.share(agent);
  if (leaveShare === undefined) {
    leave();
    throw new ProblemError('rate.limited', { headers });
  }
  return () => {
    leaveShare();
    leave();
  };
}

function untilExpiry({ claims }: JobAsker): AbortSignal {
  return AbortSignal.timeout(Math.max(0, claims.exp * 1_000 - Date.now()));
}
