import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import type { CallRecord } from '@4runr/contracts/audit';
import { simulationSchema } from '@4runr/contracts/policy';
import { OpenAI } from 'openai';
import { enrolAgent } from './mesh/agents.ts';
import { recordOf } from './mesh/audit.ts';
import { ask, askAsOperator, stack } from './mesh/gateway.ts';
import { storePolicy } from './mesh/policies.ts';
import { arrivals } from './mesh/simulator.ts';

/** Two of these calls fit into no quota here at once: each may use 1,000 tokens for its answer, and some for its question. */
const slowly = {
  model: 'slow',
  messages: [{ role: 'user' as const, content: 'Why is the sky blue, and why is it red in the evening?' }],
  max_tokens: 1_000,
};
const streamed = { ...slowly, stream: true as const };

/** By the settings of this mesh a token of the model `slow` costs a millionth of a dollar, so that both count alike. */
const limits = { tokens: 2_000, usd: 0.002 };

const roleOf = (cost: string) => `e2e-spending-${cost}`;

/** An agent of its own, with a quota of its own. */
async function enrolSpender(cost: keyof typeof limits): Promise<OpenAI> {
  const apiKey = await enrolAgent(roleOf(cost));
  const list = () => ask('/v1/tools/openai', { headers: { authorization: `Bearer ${apiKey}` } });
  const deadline = AbortSignal.timeout(5_000);
  while ((await list()).status !== 200) {
    deadline.throwIfAborted();
    await wait(50);
  }
  return new OpenAI({ baseURL: `${stack().edge.http}/openai/v1`, apiKey, maxRetries: 0 });
}

/** The record of a call shows when what it took has been settled. */
const settled = (requestId: string | null) => recordOf(({ traceId }) => traceId === requestId);

/** Of the model `slow`: what it took in tokens, and what that cost. */
function usedBy({ usage, usdMicros }: CallRecord) {
  const { inputTokens = Number.NaN, outputTokens = Number.NaN } = usage ?? {};
  assert.equal(inputTokens + outputTokens, usdMicros);
  return usdMicros ?? Number.NaN;
}

before(async () => {
  for (const [cost, limit] of Object.entries(limits) as [keyof typeof limits, number][])
    await storePolicy({
      name: roleOf(cost),
      subjects: { roles: [roleOf(cost)] },
      allow: ['openai:chat'],
      quotas: [{ scope: 'openai:chat', limit, window: '1d', cost }],
    });
});

for (const cost of ['tokens', 'usd'] as const)
  describe(`a quota of ${cost}`, () => {
    it('is held up to the most that a stream may use, and counts what it has used when it has ended', async () => {
      const openai = await enrolSpender(cost);
      const { data: stream, request_id: id } = await openai.chat.completions.create(streamed).withResponse();
      const chunks = stream[Symbol.asyncIterator]();
      await chunks.next();
      const refused = openai.chat.completions.create(slowly);
      await assert.rejects(refused, { status: 429, code: 'quota.exceeded' });
      while ((await chunks.next()).done !== true);
      assert.ok(usedBy(await settled(id)) < 100);
      assert.ok((await openai.chat.completions.create(slowly)).usage);
    });

    it('lets through more calls than their bounds come to, as long as their usage does not', async () => {
      const openai = await enrolSpender(cost);
      for (let call = 0; call < 3; call += 1) {
        const { data, request_id: id } = await openai.chat.completions.create(slowly).withResponse();
        assert.equal(usedBy(await settled(id)), data.usage?.total_tokens);
      }
    });

    it('keeps all that was taken for a stream whose client has left: nobody says what it has used', async () => {
      const openai = await enrolSpender(cost);
      const { data: stream, request_id: id } = await openai.chat.completions.create(streamed).withResponse();
      for await (const _chunk of stream) break;
      const { outcome, usage, usdMicros } = await settled(id);
      assert.deepEqual([outcome, usage, usdMicros], ['abandoned', undefined, undefined]);
      await assert.rejects(openai.chat.completions.create(slowly), { code: 'quota.exceeded' });
      assert.ok(await openai.chat.completions.create({ ...slowly, max_tokens: 10 }));
    });

    it('keeps all that was taken for a stream that OpenAI breaks off: nobody says what it has used', async () => {
      const openai = await enrolSpender(cost);
      const failing = { ...streamed, model: 'failing' };
      const { data: stream, request_id: id } = await openai.chat.completions.create(failing).withResponse();
      const read = async () => {
        for await (const _chunk of stream);
      };
      await assert.rejects(read(), { code: 'upstream.failed' });
      const { outcome, usage, usdMicros } = await settled(id);
      assert.deepEqual([outcome, usage, usdMicros], ['failed', undefined, undefined]);
      await assert.rejects(openai.chat.completions.create(slowly), { code: 'quota.exceeded' });
    });
  });

describe('a model that nobody has a price for', () => {
  const unpriced = { ...slowly, model: 'gpt-unheard-of' };

  it('is refused where money is counted, with the reason, and not asked', async () => {
    const openai = await enrolSpender('usd');
    const arrived = await arrivals();
    const refused = openai.chat.completions.create(unpriced);
    await assert.rejects(refused, { status: 403, code: 'policy.denied', message: /no price of its model/ });
    assert.equal(await arrivals(), arrived);
  });

  it('is refused by a simulation too, which knows what the call would cost', async () => {
    const simulate = async (params: object) => {
      const call = { agent: { role: roleOf('usd') }, tool: 'openai', action: 'chat', params };
      return simulationSchema.parse((await askAsOperator('/v1/policies/simulate', 'POST', call)).json);
    };
    assert.equal((await simulate(unpriced)).decision, 'deny');
    assert.equal((await simulate(slowly)).decision, 'allow');
  });

  it('is served where tokens are counted', async () => {
    const openai = await enrolSpender('tokens');
    assert.ok((await openai.chat.completions.create(unpriced)).usage);
  });
});
