import type { JobStatus } from '@4runr/contracts/job';
import { type RawBuilder, sql } from 'kysely';

/** What an update sets so that a job has one event more. */
export function appendEvent(status: JobStatus): { events: RawBuilder<string> } {
  return { events: sql<string>`events || ${JSON.stringify([{ status }])}::jsonb` };
}
