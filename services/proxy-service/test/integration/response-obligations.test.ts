import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { callResponseSchema } from '@4runr/contracts/call';
import { allowedResponseExample } from '@4runr/contracts/decision';
import { problemIn } from '../fixtures/calling.ts';
import { mailManifest, webManifest } from '../fixtures/manifests.ts';
import { answer } from '../fixtures/peer.ts';
import { adapterOf, anEffect } from '../fixtures/proxy-under-test.ts';
import { withRunningProxy } from '../fixtures/running-proxy.ts';

const proxy = withRunningProxy();
const { call } = proxy;

/** policy-service allows with these obligations; both adapters answer with the result. */
function play(obligations: readonly unknown[], result: unknown): void {
  const { context } = allowedResponseExample;
  const { policy, web, mail } = proxy.neighbours;
  policy.play((_received, response) =>
    answer(response, { decision: true, context: { ...context, obligations } }),
  );
  web.play(adapterOf(webManifest, (_received, response) => answer(response, { result })));
  mail.play(adapterOf(mailManifest, (_received, response) => answer(response, { result })));
}
const carriedOut = () =>
  [proxy.neighbours.web, proxy.neighbours.mail].flatMap(({ received }) =>
    received.filter(({ method }) => method === 'POST'),
  );

describe('an answer with obligations', () => {
  it('is handed on as they say', async () => {
    const redacting = { type: 'redact', paths: ['**.token'] };
    const cutting = { type: 'truncate', limits: { text: 3 } };
    play([redacting, cutting], { text: 'a long one', items: [{ token: 'secret', id: 1 }] });
    const { status, text } = await call();
    assert.equal(status, 200);
    const { data } = callResponseSchema.parse(JSON.parse(text));
    assert.deepEqual(data, { text: 'a l', items: [{ token: '[redacted]', id: 1 }] });
  });

  it('is held back with what it holds, and its call is said to be carried out', async () => {
    play([{ type: 'block', patterns: ['secret'] }], { text: 'a secret' });
    const effect = { path: anEffect.path, body: JSON.stringify(anEffect.params) };
    for (const answered of [await call(), await call(effect)]) {
      const { code, status, dispatched, decisionId } = problemIn(answered);
      assert.deepEqual([code, status, dispatched], ['response.blocked', 502, 'yes']);
      assert.equal(decisionId, allowedResponseExample.context.decisionId);
      assert.ok(!answered.text.includes('secret'));
    }
    assert.equal(carriedOut().length, 2);
  });

  it('holds up nobody else, though it takes long to look through', async () => {
    const detect = ['email', 'phone', 'ssn', 'credit_card'];
    play(
      [{ type: 'pii', detect, effect: 'redact' }],
      Array(300).fill('+999123456789 ada@x.org '.repeat(400)),
    );
    const long = call();
    const ended: string[] = [];
    const others = async () => {
      for (let index = 0; index < 5; index += 1)
        assert.equal((await fetch(`${proxy.url}/livez`)).status, 200);
      ended.push('others');
    };
    await Promise.all([
      long.then(({ status, text }) => {
        ended.push('long');
        if (status === 200) assert.doesNotMatch(text, /ada@x/);
        else assert.equal(JSON.parse(text).reason, 'unchecked');
      }),
      others(),
    ]);
    assert.deepEqual(ended, ['others', 'long']);
  });
});

describe('an obligation that the proxy cannot keep', () => {
  for (const obligation of [{ type: 'shred' }, { type: 'block', patterns: ['(a)\\1'] }]) {
    it(`of the type ${obligation.type} keeps the call from being carried out`, async () => {
      play([obligation], 'result');
      assert.equal(problemIn(await call()).code, 'policy.unavailable');
      assert.deepEqual(carriedOut(), []);
    });
  }
});
