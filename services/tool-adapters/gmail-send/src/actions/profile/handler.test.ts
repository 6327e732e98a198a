import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  startTestAdapter,
  startTestProvider,
  type TestAdapter,
  type TestProvider,
} from '@4runr/adapter-kit/testing';
import { gmailSendAdapter } from '../../adapter.ts';
import { gmailSettings, gmailStandIn } from '../../testing/gmail-stand-in.ts';

/** https://developers.google.com/workspace/gmail/api/reference/rest/v1/users/getProfile, read 2026-11-25. */
const profile = { emailAddress: 'gateway@company.com', messagesTotal: 3, threadsTotal: 2, historyId: '1234' };

describe('gmail_send:profile', () => {
  let provider: TestProvider;
  let adapter: TestAdapter;
  before(async () => {
    provider = await startTestProvider();
    adapter = await startTestAdapter(gmailSendAdapter, gmailSettings(provider.url));
  });
  after(async () => {
    await adapter.close();
    await provider.close();
  });
  const answerWith = (status: number, body: object) =>
    provider.play(
      gmailStandIn({
        api: (_request, response) => void response.writeHead(status).end(JSON.stringify(body)),
      }),
    );

  it('reads the profile of the mailbox with its access token', async () => {
    answerWith(200, profile);
    const { status, body } = await adapter.call('profile', {});
    assert.deepEqual([status, body.result], [200, profile]);
    const asked = provider.seen.at(-1);
    assert.deepEqual([asked?.method, asked?.url.pathname], ['GET', '/gmail/v1/users/me/profile']);
    assert.match(String(asked?.headers.authorization), /^Bearer token-/);
  });

  it('asks once more with a new token when the one that it has is refused', async () => {
    let asked = 0;
    provider.play(
      gmailStandIn({
        api: (_request, response) => {
          asked += 1;
          response.writeHead(asked === 1 ? 401 : 200).end(JSON.stringify(asked === 1 ? {} : profile));
        },
      }),
    );
    assert.deepEqual([(await adapter.call('profile', {})).status, asked], [200, 2]);
  });

  it('tells operators, not agents, that the mailbox was given for sending alone', async () => {
    const message = 'Request had insufficient authentication scopes.';
    answerWith(403, { error: { code: 403, message, status: 'PERMISSION_DENIED' } });
    const { body } = await adapter.call('profile', {});
    assert.deepEqual(
      [body.code, body.upstreamStatus, body.upstreamCode, body.detail],
      ['upstream.rejected', 403, 'PERMISSION_DENIED', undefined],
    );
  });
});
