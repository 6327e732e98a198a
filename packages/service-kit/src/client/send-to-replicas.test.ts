import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createReplicas } from './replicas.ts';
import { type Attempt, sendToReplicas, UnansweredError } from './send-to-replicas.ts';

type Sent = Parameters<Attempt<string>>[0];

/** Addresses that answer nothing at all, as those of replicas that have gone, until the attempt is given up. */
const silence = ({ signal }: Sent) =>
  new Promise<never>((_resolve, reject) =>
    signal.addEventListener('abort', () => reject(signal.reason), { once: true }),
  );

const message = { method: 'POST', path: '/x', isIdempotent: false, leavesSilence: false } as const;

describe('a message to one of several replicas', () => {
  it('is in time though two of them have gone without a word, and the next one does not wait for these', async () => {
    const replicas = createReplicas(() => ['gone', 'gone too', 'there']);
    const asked: string[] = [];
    const attempt: Attempt<string> = (sent) => {
      asked.push(sent.origin);
      return sent.origin === 'there' ? Promise.resolve('answered') : silence(sent);
    };
    const send = () =>
      sendToReplicas(attempt, replicas, { ...message, signal: new AbortController().signal });
    assert.equal(await send(), 'answered');
    assert.equal(await send(), 'answered');
    assert.deepEqual(asked, ['gone', 'gone too', 'there', 'there']);
  });

  it('waits as long as it may for the last one, and for an answer that takes its time', async () => {
    const limit = new AbortController();
    const replicas = createReplicas(() => ['slow', 'other']);
    const asked: string[] = [];
    const attempt: Attempt<string> = async (sent) => {
      asked.push(sent.origin);
      sent.onSending?.();
      setTimeout(() => limit.abort(new Error('the time is up')), 600);
      return silence(sent);
    };
    const sending = sendToReplicas(attempt, replicas, { ...message, signal: limit.signal });
    await assert.rejects(sending, (error: UnansweredError) => {
      assert.deepEqual([error.dispatched, error.cause], ['maybe', limit.signal.reason]);
      return error instanceof UnansweredError;
    });
    assert.deepEqual(asked, ['slow']);
  });

  /** Two replicas, of which the first says nothing, and a message that waits for it. */
  async function sendToFrozen(leavesSilence: boolean) {
    const limit = new AbortController();
    const isSilent = async (origin: string) => {
      if (!leavesSilence) limit.abort(new Error('the time is up'));
      return origin === 'frozen';
    };
    const signs = { isSilent, heardFrom: () => {}, wasSilent: () => false };
    const replicas = createReplicas(() => ['frozen', 'there'], { signs });
    const asked: string[] = [];
    let repeats = 0;
    const attempt: Attempt<string> = (sent) => {
      asked.push(sent.origin);
      sent.onSending?.();
      return sent.origin === 'there' ? Promise.resolve('answered') : silence(sent);
    };
    const onRepeat = () => void repeats++;
    const sent = { ...message, leavesSilence, onRepeat, signal: limit.signal };
    const answer = await sendToReplicas(attempt, replicas, sent).catch((error: unknown) => error);
    return { answer, asked, repeats };
  }

  it('leaves one that says nothing for the next, where it may arrive twice', async () => {
    assert.deepEqual(await sendToFrozen(true), {
      ...{ answer: 'answered', asked: ['frozen', 'there'], repeats: 1 },
    });
  });

  it('stays with one that says nothing, where it may have an effect', async () => {
    const { answer, asked, repeats } = await sendToFrozen(false);
    assert.ok(answer instanceof UnansweredError && answer.dispatched === 'maybe');
    assert.deepEqual([asked, repeats], [['frozen'], 0]);
  });
});
