import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as job from './index.ts';

describe('examples of the job contract', () => {
  const rows = [
    ['accepted', job.jobAcceptedSchema, job.jobAcceptedExample],
    ['queued', job.jobResponseSchema, job.queuedJobExample],
    ['succeeded', job.jobResponseSchema, job.succeededJobExample],
    ['failed', job.jobResponseSchema, job.failedJobExample],
    ['webhook', job.jobWebhookSchema, job.jobWebhookExample],
  ] as const;
  for (const [name, schema, example] of rows) {
    it(`${name}: the example passes its schema unchanged`, () => {
      assert.deepEqual(schema.parse(example), example);
    });
  }
});

describe('hasEnded', () => {
  it('is said of what nothing more will come of', () => {
    assert.deepEqual(job.jobStatusSchema.options.filter(job.hasEnded), ['succeeded', 'failed', 'cancelled']);
  });
});
