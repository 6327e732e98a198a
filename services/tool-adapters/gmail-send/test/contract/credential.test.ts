import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  startTestAdapter,
  startTestProvider,
  startTestVault,
  type TestAdapter,
  type TestProvider,
  type TestVault,
  testCredential,
} from '@4runr/adapter-kit/testing';
import { gmailSendAdapter } from '../../src/adapter.ts';
import { gmailStandIn } from '../../src/testing/gmail-stand-in.ts';

const providerSettings = (providerUrl: string) => ({
  GMAIL_BASE_URL: providerUrl,
  GMAIL_TOKEN_URL: `${providerUrl}/token`,
});
const mail = { to: 'ada@company.com', subject: 'Hello', text: 'Hello' };
const client = { clientId: 'client', clientSecret: 'client-secret' };

testCredential({
  adapter: gmailSendAdapter,
  environment: (providerUrl) => ({ ...providerSettings(providerUrl), GMAIL_SENDER: 'gateway@company.com' }),
  provider: gmailStandIn,
  call: { action: 'send', params: mail },
  fields: (refreshToken) => ({ ...client, refreshToken }),
  settings: (refreshToken) => ({
    GMAIL_CLIENT_ID: client.clientId,
    GMAIL_CLIENT_SECRET: client.clientSecret,
    GMAIL_REFRESH_TOKEN: refreshToken,
  }),
  misfits: [
    { refreshToken: 'x' },
    { ...client, refreshToken: 'x', sender: 'a@b.test\r\nBcc: mallory@evil.test' },
    { ...client, refreshToken: 'x', from: 'gateway@company.com' },
  ],
});

describe('the mailbox of gmail_send', () => {
  let provider: TestProvider;
  let vault: TestVault;
  let adapter: TestAdapter;
  before(async () => {
    provider = await startTestProvider(gmailStandIn());
    vault = await startTestVault('gmail_send');
    adapter = await startTestAdapter(gmailSendAdapter, {
      ...providerSettings(provider.url),
      AUTH_SERVICE_URL: vault.url,
      CREDENTIAL_POLL_MS: '20',
    });
  });
  after(async () => {
    await adapter.close();
    await vault.close();
    await provider.close();
  });

  /** Sender and access token of the mail that a call sends. */
  async function sent(): Promise<{ from: string | undefined; authorization: string | undefined }> {
    assert.equal((await adapter.call('send', mail)).status, 200);
    const { headers, body } = provider.seen.at(-1) ?? assert.fail('nothing was sent');
    return { from: /^From: (.*)\r$/m.exec(body)?.[1], authorization: headers.authorization };
  }

  it('changes as a whole: the next mail has the new sender and an access token of the new mailbox', async () => {
    await vault.put({ ...client, refreshToken: 'older', sender: 'older@company.com' });
    const older = await sent();
    assert.deepEqual(await sent(), older, 'the access token is kept while the credential stays');
    await vault.put({ ...client, refreshToken: 'newer', sender: 'newer@company.com' });
    const newer = await sent();
    assert.deepEqual([older.from, newer.from], ['older@company.com', 'newer@company.com']);
    assert.notEqual(newer.authorization, older.authorization);
  });

  it('needs a sender, from the entry or the setting', async () => {
    const version = await adapter.metric('gateway_credential_version');
    await vault.put({ ...client, refreshToken: 'third' });
    assert.equal(await adapter.metric('gateway_credential_version'), version);
    assert.equal(await adapter.metric('gateway_credential_refused_version'), version + 1);
  });
});
