import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { waitForDetached } from './run-detached.ts';

function call(reason?: 'timeout' | 'aborted') {
  const controller = new AbortController();
  return {
    end: () => controller.abort(new Error('ended')),
    context: { signal: controller.signal, endedBy: () => (controller.signal.aborted ? reason : undefined) },
  };
}

const never = new Promise<never>(() => {});

describe('waitForDetached', () => {
  it('gives what the work gives, and fails as it fails', async () => {
    const { context } = call();
    assert.equal(await waitForDetached(context, Promise.resolve('token')), 'token');
    await assert.rejects(waitForDetached(context, Promise.reject(new Error('no token'))), /no token/);
  });

  it('ends with the time of the call, before the wait or within it', async () => {
    const { context, end } = call('timeout');
    const waiting = waitForDetached(context, never);
    end();
    await assert.rejects(waiting, { code: 'upstream.timeout' });
    await assert.rejects(waitForDetached(context, never), { code: 'upstream.timeout' });
  });

  it('ends when the caller leaves', async () => {
    const { context, end } = call('aborted');
    const waiting = waitForDetached(context, never);
    end();
    await assert.rejects(waiting, { code: 'upstream.failed' });
  });
});
