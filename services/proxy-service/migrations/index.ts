import { createJobs } from './0001-create-jobs.ts';

/** Every migration by its name, in the order in which they are applied. One that was released never changes. */
export const migrations = { '0001-create-jobs': createJobs };
