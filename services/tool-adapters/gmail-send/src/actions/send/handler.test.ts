import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  type ProviderScript,
  startTestAdapter,
  startTestProvider,
  type TestAdapter,
  type TestProvider,
} from '@4runr/adapter-kit/testing';
import { gmailSendAdapter } from '../../adapter.ts';
import { gmailSettings, gmailStandIn } from '../../testing/gmail-stand-in.ts';

const params = { to: 'ada@company.com', subject: 'Grüße €', text: 'Hallo Ada,\n.\nbis bald' };

describe('gmail_send:send', () => {
  let provider: TestProvider;
  let adapter: TestAdapter;
  before(async () => {
    provider = await startTestProvider(gmailStandIn());
    adapter = await startTestAdapter(gmailSendAdapter, gmailSettings(provider.url));
  });
  after(async () => {
    await adapter.close();
    await provider.close();
  });

  const sendsSeen = () => provider.seen.filter(({ url }) => url.pathname.endsWith('/messages/send'));

  it('sends the message with an access token of the mailbox', async () => {
    const { status, body } = await adapter.call('send', params);
    const result = { id: 'm1', threadId: 't1', labelIds: ['SENT'] };
    assert.deepEqual([status, body], [200, { result, usage: { messages: 1 } }]);
    const [token, send] = provider.seen;
    assert.equal(token?.url.pathname, '/token');
    const form = {
      grant_type: 'refresh_token',
      client_id: 'client',
      client_secret: 'client-secret',
      refresh_token: 'refresh-token',
    };
    assert.deepEqual(Object.fromEntries(new URLSearchParams(token?.body)), form);
    assert.deepEqual(
      [send?.url.pathname, send?.url.search, send?.headers['content-type'], send?.headers.authorization],
      ['/upload/gmail/v1/users/me/messages/send', '?uploadType=media', 'message/rfc822', 'Bearer token-1'],
    );
    assert.match(send?.body ?? '', /^From: gateway@company\.com\r\nTo: ada@company\.com\r\n/);
  });

  it('sends once, and says that it cannot know, when the answer is lost', async () => {
    provider.play(gmailStandIn({ api: (_request, response) => void response.destroy() }));
    const { body } = await adapter.call('send', params);
    assert.deepEqual(
      [body.code, body.dispatched, sendsSeen().length],
      ['upstream.outcome_unknown', 'maybe', 1],
    );
  });

  it('fetches a new token when the API refuses the one that it has', async () => {
    const refused = new Set<string>();
    provider.play(
      gmailStandIn({
        api: ({ headers }, response) => {
          const first = refused.size === 0;
          refused.add(String(headers.authorization));
          if (first) response.writeHead(401).end('{}');
          else response.end('{"id":"m2"}');
        },
      }),
    );
    const { status, body } = await adapter.call('send', params);
    assert.deepEqual([status, body.result, sendsSeen().length], [200, { id: 'm2' }, 2]);
  });

  it('gives up when the API refuses the new token too', async () => {
    provider.play(gmailStandIn({ api: (_request, response) => void response.writeHead(401).end('{}') }));
    const { body } = await adapter.call('send', params);
    assert.deepEqual([body.code, body.upstreamStatus, sendsSeen().length], ['upstream.rejected', 401, 2]);
  });

  const tokenFailures: Readonly<Record<string, readonly [ProviderScript, string, string?]>> = {
    'was revoked': [
      (_request, response) =>
        void response
          .writeHead(400)
          .end('{"error":"invalid_grant","error_description":"Token has been expired or revoked."}'),
      'upstream.rejected',
      'invalid_grant Token has been expired or revoked.',
    ],
    'is not to be had just now': [(_request, response) => void response.destroy(), 'upstream.failed'],
    'is lost by a gateway': [(_request, response) => void response.writeHead(504).end(), 'upstream.failed'],
  };
  for (const [what, [refuse, code, upstreamCode]] of Object.entries(tokenFailures)) {
    it(`knows that nothing was sent when Gmail refuses its token, and a new one ${what}`, async () => {
      let tokens = 0;
      const token: ProviderScript = (request, response) => {
        tokens += 1;
        if (tokens > 1) refuse(request, response);
        else response.end('{"access_token":"older","expires_in":3599}');
      };
      const api: ProviderScript = (_request, response) => void response.writeHead(401).end('{}');
      provider.play(gmailStandIn({ token, api }));
      const fresh = await startTestAdapter(gmailSendAdapter, gmailSettings(provider.url));
      const { body } = await fresh.call('send', params);
      await fresh.close();
      assert.deepEqual(
        [body.code, body.upstreamStatus, body.upstreamCode, sendsSeen().length],
        [code, 401, upstreamCode, 1],
      );
    });
  }

  it('sends nothing when no token is to be had, and says so', async () => {
    const refusal = JSON.stringify({ error: 'invalid_grant', error_description: 'Token has been revoked.' });
    provider.play(gmailStandIn({ token: (_request, response) => void response.writeHead(400).end(refusal) }));
    const fresh = await startTestAdapter(gmailSendAdapter, gmailSettings(provider.url));
    const { body } = await fresh.call('send', params);
    await fresh.close();
    assert.deepEqual([body.code, body.dispatched, sendsSeen().length], ['upstream.rejected', 'no', 0]);
    assert.equal(body.detail, undefined, 'agents are not told of the gateway’s own credential');
    assert.equal(body.upstreamCode, 'invalid_grant Token has been revoked.');
  });

  it('waits for a token no longer than the call has time', async (t) => {
    const { actions } = gmailSendAdapter.manifest;
    const manifest = {
      ...gmailSendAdapter.manifest,
      actions: { ...actions, send: { ...actions.send, timeoutMs: 100 } },
    };
    const hurried = await startTestAdapter({ ...gmailSendAdapter, manifest }, gmailSettings(provider.url));
    const asked = Promise.withResolvers<() => void>();
    provider.play(gmailStandIn({ token: (_request, response) => asked.resolve(() => response.destroy()) }));
    t.after(async () => {
      (await asked.promise)();
      await hurried.close();
    });
    const startedAt = performance.now();
    const { body } = await hurried.call('send', params);
    assert.deepEqual([body.code, body.dispatched], ['upstream.timeout', 'no']);
    assert.ok(performance.now() - startedAt < 5_000, 'the token endpoint alone has ten seconds');
  });

  it('hands on what Gmail says of a bad message', async () => {
    const error = { code: 400, message: 'Invalid To header', status: 'INVALID_ARGUMENT' };
    provider.play(
      gmailStandIn({
        api: (_request, response) => void response.writeHead(400).end(JSON.stringify({ error })),
      }),
    );
    const { body } = await adapter.call('send', params);
    assert.deepEqual(
      [body.code, body.detail, body.dispatched],
      ['upstream.rejected', 'Invalid To header', 'yes'],
    );
  });
});
