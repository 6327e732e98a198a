import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { type EvaluationRequest, evaluationPath } from '@4runr/contracts/decision';
import { meshAuthorization } from '../../fixtures/policy-service-under-test.ts';

export interface OpenLoad {
  readonly url: string;
  readonly ratePerSecond: number;
  readonly seconds: number;
  /** The question that is asked as the one of this number. */
  readonly question: (number: number) => EvaluationRequest;
}

/**
 * Asks at a fixed rate, whatever the answers (an open model: a slow service is not spared).
 *
 * @returns the milliseconds of each decision from when it was due, so that waiting to be sent counts too; and how many were not made: the
 * machine has not let the service keep its deadlines
 */
export async function askAtRate({
  url,
  ratePerSecond,
  seconds,
  question,
}: OpenLoad): Promise<{ latencies: readonly number[]; failed: number }> {
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });
  const { authorization } = meshAuthorization();
  const questions = Array.from({ length: ratePerSecond * seconds }, (_, number) =>
    JSON.stringify(question(number)),
  );
  const underWay: Promise<number | undefined>[] = [];
  const begunAt = performance.now();
  const ask = async (number: number): Promise<number | undefined> => {
    const dueAt = begunAt + (number / ratePerSecond) * 1_000;
    try {
      await post(agent, { url, authorization, body: questions[number] ?? '' });
      return performance.now() - dueAt;
    } catch {
      return undefined;
    }
  };
  while (underWay.length < questions.length) {
    const due = ((performance.now() - begunAt) / 1_000) * ratePerSecond;
    while (underWay.length <= due && underWay.length < questions.length) underWay.push(ask(underWay.length));
    await delay(1);
  }
  const outcomes = await Promise.all(underWay);
  agent.destroy();
  const latencies = outcomes.filter((ms) => ms !== undefined);
  return { latencies, failed: outcomes.length - latencies.length };
}

function post(
  agent: Agent,
  { url, authorization, body }: { url: string; authorization: string; body: string },
): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = {
      authorization,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    };
    const exchanged = request(
      `${url}${evaluationPath}`,
      { method: 'POST', agent, headers },
      async (response) => {
        const answer = await text(response);
        if (response.statusCode === 200) resolve();
        else reject(new Error(answer));
      },
    );
    exchanged.on('error', reject).end(body);
  });
}
