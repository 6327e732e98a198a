import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Params } from '@4runr/contracts/call';
import type { CredentialFields } from '@4runr/contracts/credential';
import type { BaseConfig, Environment } from '@4runr/service-kit/config';
import type { AdapterDefinition } from '../adapter.ts';
import { firstExample } from './examples.ts';
import { type AdapterAnswer, startTestAdapter, type TestAdapter } from './test-adapter.ts';
import { type ProviderScript, startTestProvider, type TestProvider } from './test-provider.ts';
import { startTestVault, type TestVault } from './test-vault.ts';

export interface CredentialConformanceOptions<C extends BaseConfig, A extends string> {
  readonly adapter: AdapterDefinition<C, A>;
  /** Settings that point the adapter at the provider, without a credential. */
  readonly environment: (providerUrl: string) => Environment;
  /** Answers every call well. */
  readonly provider: () => ProviderScript;
  /** Default of its parameters: the first example of the action. */
  readonly call: { readonly action: A; readonly params?: Params };
  /** A credential made around a secret, as the vault would hold it. */
  readonly fields: (secret: string) => CredentialFields;
  /** The same as settings. */
  readonly settings: (secret: string) => Environment;
  /** Credentials that the adapter cannot use. */
  readonly misfits: readonly CredentialFields[];
}

/**
 * What every adapter with a credential must hold to: it starts without one, takes what the vault has before what its
 * environment gives, follows every change while it runs, and goes on while the vault is away.
 */
export function testCredential<C extends BaseConfig, A extends string>(
  options: CredentialConformanceOptions<C, A>,
): void {
  const { tool } = options.adapter.manifest;
  describe(`the credential of ${tool}`, () => {
    let provider: TestProvider;
    let vault: TestVault;
    let adapter: TestAdapter | undefined;
    const secrets = Object.fromEntries(
      ['one', 'two', 'env'].map((name) => [name, `canary-${randomBytes(8).toString('hex')}-${name}`]),
    ) as Readonly<Record<'one' | 'two' | 'env', string>>;
    beforeEach(async () => {
      provider = await startTestProvider(options.provider());
      vault = await startTestVault(tool);
    });
    afterEach(async () => {
      await adapter?.close();
      await vault.close();
      await provider.close();
    });

    async function start(environment: Environment = {}): Promise<TestAdapter> {
      adapter = await startTestAdapter(options.adapter, {
        ...options.environment(provider.url),
        AUTH_SERVICE_URL: vault.url,
        CREDENTIAL_POLL_MS: '20',
        ...environment,
      });
      return adapter;
    }

    /** The name of the secret that a call shows to the provider. */
    async function secretUsed(): Promise<string | undefined> {
      const before = provider.seen.length;
      const { status } = await call();
      assert.equal(status, 200);
      const sent = provider.seen.slice(before).map(({ url, headers, body }) => [url.href, headers, body]);
      const texts = decodeURIComponent(JSON.stringify(sent));
      return Object.entries(secrets).find(([, secret]) => texts.includes(secret))?.[0];
    }

    const { action, params = firstExample(options.adapter.manifest.actions[action]) } = options.call;
    const call = async (): Promise<AdapterAnswer> => (adapter ?? assert.fail()).call(action, params);

    async function assertRefused(): Promise<void> {
      const before = provider.seen.length;
      const { status, body } = await call();
      assert.deepEqual([status, body.code, body.dispatched], [503, 'service.unavailable', 'no']);
      assert.equal(provider.seen.length, before);
    }

    const entryOf = (name: 'one' | 'two') => vault.put(options.fields(secrets[name]));

    it('need not be there: the adapter starts, is ready, and refuses calls until it is', async () => {
      const { url } = await start();
      assert.equal((await fetch(`${url}/readyz`)).status, 200);
      await assertRefused();
      await entryOf('one');
      assert.equal(await secretUsed(), 'one');
    });

    it('is there with the first call, when the vault has it', async () => {
      void entryOf('one');
      await start();
      assert.equal(await secretUsed(), 'one');
    });

    it('comes from the vault first, and from the environment where the vault has none', async () => {
      await start(options.settings(secrets.env));
      assert.equal(await secretUsed(), 'env');
      await entryOf('one');
      assert.equal(await secretUsed(), 'one');
      await vault.delete();
      assert.equal(await secretUsed(), 'env');
    });

    it('is replaced while the adapter runs, and gone with the entry where the environment gives none', async () => {
      await start();
      await entryOf('one');
      assert.equal(await secretUsed(), 'one');
      await entryOf('two');
      assert.equal(await secretUsed(), 'two');
      await vault.delete();
      await assertRefused();
    });

    it('comes from the environment alone without a vault', async () => {
      await start({ ...options.settings(secrets.env), AUTH_SERVICE_URL: '' });
      assert.equal(await secretUsed(), 'env');
      assert.deepEqual(vault.questions, []);
    });

    for (const [index, misfit] of options.misfits.entries()) {
      it(`that does not fit (${index}) is not used: the one before is, until one comes that does`, async () => {
        const { metric } = await start();
        await entryOf('one');
        await vault.put(misfit);
        assert.equal(await secretUsed(), 'one');
        assert.equal(await metric('gateway_credential_refused_version'), 2);
        await entryOf('two');
        assert.equal(await secretUsed(), 'two');
        assert.equal(await metric('gateway_credential_refused_version'), 0);
      });
    }

    it('shows by its source and version alone, in metrics and nowhere else', async () => {
      const { url, metric, send } = await start(options.settings(secrets.env));
      await entryOf('one');
      const answers = [await call(), await send('GET', '/readyz'), await send('GET', '/actions/none')];
      const metrics = await (await fetch(`${url}/metrics`)).text();
      assert.match(metrics, /gateway_credential_info{[^}]*source="vault"[^}]*} 1\n/);
      assert.equal(await metric('gateway_credential_version'), 1);
      for (const secret of Object.values(secrets))
        assert.ok(!`${metrics}${JSON.stringify(answers)}`.includes(secret));
    });
  });
}
