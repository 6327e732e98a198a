import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { credentialDeliveryExample, credentialPurpose } from '@4runr/contracts/credential';
import { toProblem } from '@4runr/contracts/problem';
import { baseSettings, loadConfig } from '@4runr/service-kit/config';
import { createMeshKeyring, sealForPair } from '@4runr/service-kit/mesh';
import { createTestMesh } from '@4runr/service-kit/testing';
import * as z from 'zod';
import { defineAdapter, secretText, vaultSettings } from '../../src/index.ts';
import {
  startTestAdapter,
  startTestVault,
  type TestAdapter,
  type TestVault,
} from '../../src/testing/index.ts';

const params = { type: 'object', additionalProperties: false };

/** Tells which credential a call is made with. No adapter that is not under test does. */
const tellingAdapter = defineAdapter({
  manifest: {
    tool: 'telling',
    version: '1',
    description: 'Tells its credential',
    actions: { tell: { description: 'Tells', effect: 'read', timeoutMs: 500, params } },
  },
  readConfig: (environment = {}) => loadConfig({ ...baseSettings(0), ...vaultSettings() }, environment),
  compose: ({ config, createCredentialSource }) => {
    const credentials = createCredentialSource({
      vault: config,
      schema: z.strictObject({ apiKey: secretText() }),
      fallback: { apiKey: 'environment' },
      settings: ['TELLING_API_KEY'],
    });
    return { tell: async () => ({ result: credentials.get().apiKey }) };
  },
});

const pair = { caller: 'adapter-telling', audience: 'auth-service' } as const;

describe('following the vault', () => {
  let vault: TestVault;
  let adapter: TestAdapter;
  beforeEach(async () => {
    vault = await startTestVault('telling');
    void vault.put({ apiKey: 'first' });
    adapter = await start();
  });
  afterEach(async () => {
    await adapter.close();
    await vault.close();
  });

  const start = () =>
    startTestAdapter(tellingAdapter, { AUTH_SERVICE_URL: vault.url, CREDENTIAL_POLL_MS: '20' });
  const told = async () => (await adapter.call('tell', {})).body.result;

  it('names the version that it has, so that nothing is sent again', async () => {
    assert.equal(await told(), 'first');
    await vault.asked(1);
    assert.equal(vault.questions.at(-1)?.['if-none-match'], '"1"');
  });

  it('makes no traces: what is asked every two seconds would be most of them', async () => {
    await vault.asked(1);
    for (const { traceparent } of vault.questions) assert.match(String(traceparent), /-00$/);
  });

  const strangers = createMeshKeyring('auth-service', [createTestMesh().keyOf(pair.caller, pair.audience)]);
  const sealedByStrangers = async () => {
    const message = { plaintext: '{"apiKey":"forged"}', purpose: credentialPurpose('telling', 2) };
    const jwe = await sealForPair(strangers, { ...pair, kid: 'test' }, message);
    return { status: 200, headers: { etag: '"2"' }, body: { tool: 'telling', version: 2, jwe } };
  };
  const { jwe } = credentialDeliveryExample;
  const etag = { etag: '"2"' };
  const failures: [
    what: string,
    answer: () => Parameters<TestVault['answerWith']>[0] | ReturnType<typeof sealedByStrangers>,
  ][] = [
    ['connections break off', () => 'nothing'],
    ['it never answers', () => 'silence'],
    ['it fails', () => ({ status: 503, body: toProblem('service.unavailable') })],
    ['it does not know the adapter', () => ({ status: 403, body: toProblem('scope.insufficient') })],
    [
      'something else answers that nothing is there',
      () => ({ status: 404, body: toProblem('route.unknown') }),
    ],
    ['an answer that nothing is there is empty', () => ({ status: 404 })],
    ['it redirects', () => ({ status: 302, headers: { location: 'http://evil.test/' } })],
    ['an answer is no delivery', () => ({ status: 200, headers: etag, body: { apiKey: 'forged' } })],
    ['an answer has no tag', () => ({ status: 200, body: { tool: 'telling', version: 2, jwe } })],
    [
      'an answer is for another tool',
      () => ({ status: 200, headers: etag, body: { tool: 'openai', version: 3, jwe } }),
    ],
    ['an answer is sealed by another pair’s key', sealedByStrangers],
  ];
  for (const [what, answer] of failures) {
    it(`keeps the last known credential when ${what}, and goes on when that is over`, async () => {
      await vault.answerWith(await answer());
      assert.equal(await told(), 'first');
      assert.equal((await fetch(`${adapter.url}/readyz`)).status, 200);
      void vault.answerWith(undefined);
      await vault.put({ apiKey: 'second' });
      assert.equal(await told(), 'second');
    });
  }

  it('believes 304 only of a version that it has', async () => {
    await adapter.close();
    void vault.answerWith({ status: 304 });
    adapter = await start();
    assert.equal(await told(), 'environment');
    await vault.answerWith(undefined);
    assert.equal(await told(), 'first');
  });

  it('says how long ago the vault was heard of', async () => {
    await vault.answerWith('nothing');
    const age = await adapter.metric('gateway_credential_age_seconds');
    await vault.asked(1);
    assert.ok((await adapter.metric('gateway_credential_age_seconds')) > age);
  });
});

describe('an adapter that starts while its vault is away', () => {
  let vault: TestVault;
  let adapter: TestAdapter;
  before(async () => {
    vault = await startTestVault('telling');
    void vault.put({ apiKey: 'vault' });
    void vault.answerWith('nothing');
    adapter = await startTestAdapter(tellingAdapter, {
      AUTH_SERVICE_URL: vault.url,
      CREDENTIAL_POLL_MS: '20',
    });
  });
  after(async () => {
    await adapter.close();
    await vault.close();
  });

  it('uses what its environment gives, and the vault’s as soon as that is there', async () => {
    assert.equal((await adapter.call('tell', {})).body.result, 'environment');
    await vault.answerWith(undefined);
    assert.equal((await adapter.call('tell', {})).body.result, 'vault');
  });
});
