const prefix = 'job_';

/** The id of a job as the queue keeps it. */
export const toUuid = (jobId: string): string => jobId.slice(prefix.length);
export const toJobId = (uuid: string): string => `${prefix}${uuid}`;
