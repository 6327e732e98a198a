import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { TestAdapter } from '@4runr/adapter-kit/testing';
import { startAdaptersUnderFault } from './mesh/adapters-under-fault.ts';
import { stack } from './mesh/gateway.ts';
import { mailsWith } from './mesh/simulator.ts';

const mailOf = (subject: string) => ({ to: 'ada@company.com', subject, text: 'Hello' });

/** The adapter of gmail_send before the simulated Google, with a refresh token that this knows in its own way. */
async function startMailbox(t: TestContext, refreshToken: string): Promise<TestAdapter> {
  const adapters = await startAdaptersUnderFault({
    simulatorUrl: stack().simulator?.url ?? '',
    timeLimitMs: 5_000,
    settings: { gmail_send: { GMAIL_REFRESH_TOKEN: refreshToken } },
  });
  t.after(adapters.close);
  return adapters.byTool.gmail_send ?? assert.fail('there is no such adapter');
}

describe('a mailbox', () => {
  it('that was given for sending alone sends, and does not tell its profile', async (t) => {
    const mailbox = await startMailbox(t, 'send-only');
    assert.equal((await mailbox.call('send', mailOf('sent by a mailbox for sending'))).status, 200);
    assert.equal((await mailsWith('sent by a mailbox for sending')).length, 1);
    const { status, body } = await mailbox.call('profile', {});
    assert.deepEqual(
      [status, body.code, body.upstreamStatus, body.upstreamCode, body.detail],
      [502, 'upstream.rejected', 403, 'PERMISSION_DENIED', undefined],
    );
  });

  it('whose access was revoked, or has expired, neither sends nor tells, and operators learn why', async (t) => {
    const mailbox = await startMailbox(t, 'invalid');
    const calls = { send: mailOf('sent without access'), profile: {} };
    for (const [action, params] of Object.entries(calls)) {
      const { body } = await mailbox.call(action, params);
      assert.deepEqual(
        [body.code, body.dispatched, body.upstreamCode, body.detail],
        ['upstream.rejected', 'no', 'invalid_grant Token has been expired or revoked.', undefined],
        action,
      );
    }
    assert.deepEqual(await mailsWith('sent without access'), []);
  });
});
