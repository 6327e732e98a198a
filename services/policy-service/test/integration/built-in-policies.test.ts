import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Facts } from '@4runr/contracts/decision';
import type { RunningService } from '@4runr/service-kit/lifecycle';
import { hashParams, verifyPermit } from '@4runr/service-kit/mesh';
import {
  adapterKeyring,
  createServiceDatabase,
  evaluate,
  questionOf,
  type ServiceDatabase,
  startPolicyService,
} from '../fixtures/policy-service-under-test.ts';

let database: ServiceDatabase;
let service: RunningService;
before(async () => {
  database = await createServiceDatabase();
  service = await startPolicyService(database.url);
});
after(async () => {
  await service.stop();
  await database.drop();
});

const ask = (role: string, scope: string, facts: Partial<Facts> = {}) =>
  evaluate(service.url, questionOf(role, scope, { facts: { url: [], model: [], recipient: [], ...facts } }));

describe('the built-in policies of a new installation', () => {
  const url = ['https://example.com/'];
  const allowed: [role: string, scope: string, facts?: Partial<Facts>][] = [
    ['scraper', 'serpapi:search'],
    ['scraper', 'http_fetch:get', { url }],
    ['scraper', 'http_fetch:head', { url }],
    ['enricher', 'http_fetch:get', { url }],
    ['enricher', 'openai:chat', { model: ['gpt-4o-mini'] }],
    ['engager', 'gmail_send:send', { recipient: ['ada@company.com'] }],
  ];
  for (const [role, scope, facts] of allowed) {
    it(`let ${role} call ${scope}`, async () => {
      const { decision, context } = await ask(role, scope, facts);
      assert.equal(decision, true);
      assert.equal(context.policy?.name, role);
      assert.match(context.policy?.version ?? '', /^sha256:[0-9a-f]{64}$/);
    });
  }

  const denied: [role: string, scope: string, rule: string, facts?: Partial<Facts>][] = [
    ['scraper', 'openai:chat', 'no_policy', { model: ['gpt-4o-mini'] }],
    ['scraper', 'gmail_send:send', 'no_policy', { recipient: ['ada@company.com'] }],
    ['enricher', 'serpapi:search', 'no_policy'],
    ['enricher', 'http_fetch:head', 'no_policy', { url }],
    ['enricher', 'openai:chat', 'model', { model: ['gpt-4o'] }],
    ['engager', 'gmail_send:send', 'recipient', { recipient: ['ada@company.com', 'eve@evil.test'] }],
    ['stranger', 'serpapi:search', 'no_policy'],
  ];
  for (const [role, scope, rule, facts] of denied) {
    it(`do not let ${role} call ${scope} (${rule})`, async () => {
      const { decision, context } = await ask(role, scope, facts);
      assert.equal(decision, false);
      assert.equal(context.reasons[0]?.rule, rule);
      assert.equal('permit' in context, false);
    });
  }
});

describe('a permit', () => {
  const params = { url: 'https://example.com/', headers: { b: '1', a: '2' } };
  const question = questionOf('scraper', 'http_fetch:get', { params, callId: 'call_7' });
  const subject = { scope: 'http_fetch:get', callId: 'call_7', params };

  it('is taken by the adapter of the tool, for exactly that call', async () => {
    const { context } = await evaluate(service.url, question);
    const claims = verifyPermit(adapterKeyring('adapter-http-fetch'), context.permit ?? '', subject);
    assert.equal(claims.sub, 'agt_1');
    assert.equal(claims.decisionId, context.decisionId);
    assert.equal(
      claims.paramsSha256,
      hashParams({ headers: { a: '2', b: '1' }, url: 'https://example.com/' }),
    );
    assert.deepEqual(claims.obligations, context.obligations);
    assert.equal(claims.exp - claims.iat, 60);
  });

  it('is taken by no other adapter, and for no other call', async () => {
    const { context } = await evaluate(service.url, question);
    const permit = context.permit ?? '';
    const keyring = adapterKeyring('adapter-http-fetch');
    assert.throws(() => verifyPermit(adapterKeyring('adapter-serpapi'), permit, subject), {
      code: 'token.invalid',
    });
    for (const change of [{ scope: 'http_fetch:head' }, { callId: 'call_8' }, { params: {} }]) {
      assert.throws(() => verifyPermit(keyring, permit, { ...subject, ...change }), {
        code: 'policy.denied',
      });
    }
  });
});

describe('metrics', () => {
  const exposition = async () => (await fetch(`${service.url}/metrics`)).text();
  /** The value of the first series that begins so; 0 before it is there. */
  const sampleOf = (text: string, series: string) =>
    Number(
      text
        .split('\n')
        .find((line) => line.startsWith(series))
        ?.split(' ')
        .at(-1) ?? 0,
    );

  it('count denials by tool, action and rule, but no dry runs', async () => {
    const series = 'gateway_policy_denials_total{tool="gmail_send",action="send",reason="recipient"';
    const before = sampleOf(await exposition(), series);
    const question = questionOf('engager', 'gmail_send:send', {
      facts: { url: [], model: [], recipient: ['eve@evil.test'] },
    });
    await evaluate(service.url, question);
    await evaluate(service.url, { ...question, context: { ...question.context, dryRun: true } });
    assert.equal(sampleOf(await exposition(), series), before + 1);
  });

  it('count a tool that there is no adapter for as unknown', async () => {
    await evaluate(service.url, questionOf('scraper', 'made_up:act'));
    const text = await exposition();
    assert.match(text, /gateway_policy_denials_total\{tool="unknown",action="unknown",reason="no_policy"/);
    assert.equal(text.includes('made_up'), false);
  });
});
