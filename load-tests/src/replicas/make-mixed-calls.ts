import { Pool } from 'undici';
import { concurrency } from '../baselines/make-calls.ts';
import type { LoadAgent } from '../mesh/load-agents.ts';
import { type Judgement, judgeAnswer } from '../mix/judge-answer.ts';
import { headersOf, type PlannedCall } from '../mix/planned-call.ts';
import { planTask } from '../mix/traffic-mix.ts';
import { problemStatuses } from '../run/problem-statuses.ts';

/** Makes tasks of the mix at an edge, as many at a time as the baselines' load. */
export interface MixedCalls extends AsyncDisposable {
  /**
   * The next tasks of the mix, whole. Calls that fail by a code are counted.
   *
   * @throws Error at the first answer that is neither what it must be nor a failure by a code
   */
  make(tasks: number): Promise<MadeCall[]>;
}

export type MadeCall = Pick<PlannedCall, 'call'> & Pick<Judgement, 'verdict' | 'outcome'>;

export async function startMixedCalls(edgeUrl: string, agents: readonly LoadAgent[]): Promise<MixedCalls> {
  const tokens = new Map<LoadAgent, string>();
  for (const agent of agents) tokens.set(agent, await agent.requestToken());
  const pool = new Pool(edgeUrl, { connections: concurrency });
  const tokenFor = ({ role, agent }: PlannedCall) => {
    const own = agents.filter((one) => one.role === role);
    const chosen = own[agent % own.length];
    return (chosen && tokens.get(chosen)) ?? '';
  };
  let next = 0;

  async function call(planned: PlannedCall): Promise<MadeCall> {
    const response = await pool.request({
      method: 'POST',
      path: `/v1/tools/${planned.call}`,
      headers: headersOf(planned, tokenFor(planned)),
      body: JSON.stringify(planned.params),
    });
    const answer = {
      status: response.statusCode,
      body: await response.body.text(),
      correlationId: String(response.headers['x-correlation-id']),
      error: '',
    };
    const { verdict, outcome } = judgeAnswer(planned, answer, problemStatuses);
    if (verdict === 'broken') throw new Error(`${planned.call} (${planned.kind}) was answered ${outcome}`);
    return { call: planned.call, verdict, outcome };
  }

  return {
    async make(tasks) {
      const [end, made]: [number, MadeCall[]] = [next + tasks, []];
      async function worker(): Promise<void> {
        while (next < end) {
          const number = next;
          next += 1;
          for (const planned of planTask(seed, number)) made.push(await call(planned));
        }
      }
      await Promise.all(Array.from({ length: concurrency }, worker));
      return made;
    },
    [Symbol.asyncDispose]: () => pool.close(),
  };
}

const seed = 1;
