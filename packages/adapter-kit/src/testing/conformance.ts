import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Params } from '@4runr/contracts/call';
import { headers } from '@4runr/contracts/headers';
import { type ActionManifest, manifestSchema } from '@4runr/contracts/manifest';
import { problemMediaType, problemSchema } from '@4runr/contracts/problem';
import type { BaseConfig, Environment } from '@4runr/service-kit/config';
import { compileParamsCheck } from '../action/schema-checks.ts';
import type { AdapterDefinition } from '../adapter.ts';
import { examplesOf, firstExample } from './examples.ts';
import {
  type AdapterAnswer,
  type PermitChanges,
  startTestAdapter,
  type TestAdapter,
  testCallId,
} from './test-adapter.ts';
import { type ProviderScript, startTestProvider, type TestProvider } from './test-provider.ts';

export interface ConformanceOptions<C extends BaseConfig, A extends string> {
  readonly adapter: AdapterDefinition<C, A>;
  /** Settings that point the adapter at the provider whose base URL is given. */
  readonly environment: (providerUrl: string) => Environment;
  /** For each action, parameters that fit its schema and lead to the provider. Default: the first example of each. */
  readonly params?: (providerUrl: string) => Readonly<Record<A, Params>>;
  /** For each action, parameters that do not fit its schema. */
  readonly misfits: Readonly<Record<A, readonly Params[]>>;
  /** Answers as the provider documents: then every example of the manifest must succeed. */
  readonly provider?: ProviderScript;
}

interface Refusal {
  readonly status: number;
  readonly code: string;
}

/**
 * What every adapter must hold to, whatever it speaks to: a valid manifest with the form of results and an example of each call, and no request to the provider without the
 * proxy's mesh token, a permit of policy-service for exactly this call, and parameters that fit the schema.
 */
export function testConformance<C extends BaseConfig, A extends string>(
  options: ConformanceOptions<C, A>,
): void {
  const { tool } = options.adapter.manifest;
  describe(`conformance of ${tool}`, () => {
    let provider: TestProvider;
    let adapter: TestAdapter;
    before(async () => {
      provider = await startTestProvider();
      adapter = await startTestAdapter(options.adapter, options.environment(provider.url));
    });
    after(async () => {
      await adapter.close();
      await provider.close();
    });

    async function assertRefused(send: () => Promise<AdapterAnswer>, refusal: Refusal): Promise<void> {
      provider.play((_request, response) => void response.end('{}'));
      assertProblem(await send(), refusal);
      assert.equal(provider.seen.length, 0, 'nothing may reach the provider');
    }

    testManifest(options, () => adapter);
    for (const action of Object.keys(options.adapter.manifest.actions) as A[]) {
      describe(action, () => {
        const paramsOf = () =>
          options.params?.(provider.url)[action] ?? firstExample(options.adapter.manifest.actions[action]);
        testMeshTokens(action, { adapter: () => adapter, paramsOf, assertRefused });
        testPermits(action, { adapter: () => adapter, paramsOf, assertRefused });
        testBodies(action, { adapter: () => adapter, paramsOf, assertRefused });
        for (const misfit of options.misfits[action]) {
          it(`refuses parameters against the schema: ${JSON.stringify(misfit).slice(0, 80)}`, () =>
            assertRefused(() => adapter.call(action, misfit), { status: 422, code: 'params.invalid' }));
        }
      });
    }
    for (const { action, example } of examplesIf(options)) {
      it(`carries out its example of ${action}`, async () => {
        provider.play(options.provider ?? assert.fail());
        const { status, body } = await adapter.call(action, example);
        assert.equal(status, 200, JSON.stringify(body));
        assert.notEqual(provider.seen.length, 0, 'the provider must have been asked');
      });
    }
    it('knows no other action', () =>
      assertRefused(() => adapter.call('no_such_action', {}), { status: 404, code: 'action.unknown' }));
  });
}

/** The manifest's calls, where there is a provider that answers them. */
function examplesIf<C extends BaseConfig, A extends string>(
  options: ConformanceOptions<C, A>,
): readonly { action: string; example: Params }[] {
  if (options.provider === undefined) return [];
  return Object.entries(options.adapter.manifest.actions).flatMap(([action, manifest]) =>
    examplesOf(manifest as ActionManifest).map((example) => ({ action, example })),
  );
}

interface ActionTest {
  adapter(): TestAdapter;
  paramsOf(): Params;
  assertRefused(send: () => Promise<AdapterAnswer>, refusal: Refusal): Promise<void>;
}

function testManifest<C extends BaseConfig, A extends string>(
  options: ConformanceOptions<C, A>,
  adapter: () => TestAdapter,
): void {
  it('publishes a valid manifest', async () => {
    const authorization = `Bearer ${adapter().meshToken()}`;
    const answer = await adapter().send('GET', '/manifest', { headers: { authorization } });
    assert.equal(answer.status, 200);
    const { costs, manifest, readConfig } = options.adapter;
    const told = manifestSchema.parse(answer.body);
    const configured = costs?.(readConfig(options.environment('http://127.0.0.1'))) ?? {};
    for (const [name, cost] of Object.entries(configured)) {
      assert.deepEqual(told.actions[name]?.cost, cost);
      delete told.actions[name]?.cost;
    }
    assert.deepEqual(told, manifest);
  });

  it('keeps the manifest from callers without a mesh token', async () => {
    const answer = await adapter().send('GET', '/manifest');
    assert.deepEqual([answer.status, answer.body.code], [401, 'token.missing']);
  });

  it('says of every action what happens to unknown parameters', () => {
    for (const [name, { params }] of Object.entries(options.adapter.manifest.actions)) {
      assert.equal(params.type, 'object', name);
      assert.notEqual(
        params.additionalProperties,
        undefined,
        `${name} must say what it does with unknown members`,
      );
    }
  });

  it('says of every action what its result looks like', () => {
    for (const [name, { result }] of Object.entries(options.adapter.manifest.actions))
      assert.ok(result !== undefined && Object.keys(result).length > 0, name);
  });

  it('shows a call of every action that fits its schema', () => {
    for (const [name, action] of Object.entries(options.adapter.manifest.actions)) {
      const examples = examplesOf(action as ActionManifest);
      const check = compileParamsCheck((action as ActionManifest).params);
      assert.notEqual(examples.length, 0, `${name} has no examples`);
      for (const example of examples) check(example);
    }
  });
}

function testMeshTokens(action: string, { adapter, paramsOf, assertRefused }: ActionTest): void {
  const sendWith = (authorization: string | undefined) => () =>
    adapter().send('POST', `/actions/${action}`, {
      headers: {
        'content-type': 'application/json',
        [headers.permit]: adapter().permit(action, paramsOf()),
        ...(authorization === undefined ? {} : { authorization }),
      },
      body: JSON.stringify({ callId: testCallId, params: paramsOf() }),
    });

  it('refuses a caller without a mesh token', () =>
    assertRefused(sendWith(undefined), { status: 401, code: 'token.missing' }));
  it('refuses a mesh token that is none', () =>
    assertRefused(sendWith('Bearer a.b.c'), { status: 401, code: 'token.invalid' }));
  it('refuses a mesh token for another service', () => {
    const foreign = () => adapter().meshToken('proxy-service', 'adapter-other');
    return assertRefused(() => sendWith(`Bearer ${foreign()}`)(), { status: 401, code: 'token.invalid' });
  });
  it('refuses a mesh token of a service that has no business here', () => {
    const stranger = () => adapter().meshToken('auth-service');
    return assertRefused(() => sendWith(`Bearer ${stranger()}`)(), {
      status: 403,
      code: 'scope.insufficient',
    });
  });
  it('refuses a permit in place of a mesh token', () => {
    const permit = () => adapter().permit(action, paramsOf());
    return assertRefused(() => sendWith(`Bearer ${permit()}`)(), { status: 401, code: 'token.invalid' });
  });
}

const hourMs = 3_600_000;

function testPermits(action: string, { adapter, paramsOf, assertRefused }: ActionTest): void {
  const sendWith = (permit: string) =>
    adapter().call(action, paramsOf(), { headers: { [headers.permit]: permit } });
  const refused: Readonly<Record<string, [PermitChanges, Refusal]>> = {
    'for another adapter': [{ aud: 'adapter-other' }, { status: 401, code: 'token.invalid' }],
    'for another action': [{ scope: 'no_such_tool:no_such_action' }, { status: 403, code: 'policy.denied' }],
    'for another call': [{ callId: 'call_other' }, { status: 403, code: 'policy.denied' }],
    'for other parameters': [{ paramsSha256: 'A'.repeat(43) }, { status: 403, code: 'policy.denied' }],
    'that has expired': [{ clock: () => Date.now() - hourMs }, { status: 401, code: 'token.expired' }],
    'of the future': [{ clock: () => Date.now() + hourMs }, { status: 401, code: 'token.invalid' }],
    'that the proxy has made itself': [{ signer: 'proxy-service' }, { status: 401, code: 'token.invalid' }],
  };
  for (const [name, [changes, refusal]] of Object.entries(refused)) {
    it(`refuses a permit ${name}`, () =>
      assertRefused(() => sendWith(adapter().permit(action, paramsOf(), changes)), refusal));
  }

  it('refuses a call without a permit', () =>
    assertRefused(
      () =>
        adapter().send('POST', `/actions/${action}`, {
          headers: { authorization: `Bearer ${adapter().meshToken()}`, 'content-type': 'application/json' },
          body: JSON.stringify({ callId: testCallId, params: paramsOf() }),
        }),
      { status: 401, code: 'token.missing' },
    ));
  it('refuses a mesh token in place of a permit', () =>
    assertRefused(() => sendWith(adapter().meshToken()), { status: 401, code: 'token.invalid' }));
}

function testBodies(action: string, { adapter, assertRefused }: ActionTest): void {
  const send =
    (body: string, type = 'application/json') =>
    () => {
      const authorization = `Bearer ${adapter().meshToken()}`;
      return adapter().send('POST', `/actions/${action}`, {
        headers: { authorization, 'content-type': type },
        body,
      });
    };
  it('refuses a body that is not JSON', () =>
    assertRefused(send('{"callId":'), { status: 400, code: 'request.invalid' }));
  it('refuses a body of another shape', () =>
    assertRefused(send('{"params":{}}'), { status: 400, code: 'request.invalid' }));
  it('refuses a body of another type', () =>
    assertRefused(send('a=b', 'text/plain'), { status: 415, code: 'media_type.unsupported' }));
}

function assertProblem(answer: AdapterAnswer, { status, code }: Refusal): void {
  assert.deepEqual([answer.status, answer.body?.code], [status, code]);
  assert.ok(answer.headers.get('content-type')?.startsWith(problemMediaType));
  assert.equal(problemSchema.parse(answer.body).dispatched, 'no');
}
