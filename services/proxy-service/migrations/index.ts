import { createJobs } from './0001-create-jobs.ts';
import { findJobsByKey } from './0002-find-jobs-by-key.ts';
import { tellOfJobs } from './0003-tell-of-jobs.ts';

/** Every migration by its name, in the order in which they are applied. One that was released never changes. */
export const migrations = {
  '0001-create-jobs': createJobs,
  '0002-find-jobs-by-key': findJobsByKey,
  '0003-tell-of-jobs': tellOfJobs,
};
