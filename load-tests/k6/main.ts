/** What k6 runs: begins tasks of the mix at the rate of the plan, holds every answer to what it must be, and tells of each call. */
import exec from 'k6/execution';
import http from 'k6/http';
import { Trend } from 'k6/metrics';
import { type Judgement, judgeAnswer } from '../src/mix/judge-answer.ts';
import { headersOf, type PlannedCall } from '../src/mix/planned-call.ts';
import { planTask } from '../src/mix/traffic-mix.ts';
import type { K6Plan } from '../src/run/k6-plan.ts';
import { tokenFor } from './tokens.ts';

const plan = JSON.parse(open(__ENV.LOAD_PLAN ?? '')) as K6Plan;

/** Milliseconds from the first byte sent to the last one received; what came of the call is in the tag `c`. */
const calls = new Trend('call', true);

export const options = {
  scenarios: { load: plan.executor },
  systemTags: [],
  summaryTrendStats: ['avg'],
  insecureSkipTLSVerify: false,
  noVUConnectionReuse: false,
  userAgent: '4runr-load',
};

/** The tasks begin when this has been answered. */
export function setup(): void {
  http.post(`${plan.dispenserUrl}/begin`);
}

// biome-ignore lint/style/noDefaultExport: k6 runs a script's default export.
export default function task(): void {
  for (const call of planTask(plan.seed, exec.scenario.iterationInTest)) make(call);
}

function make(call: PlannedCall): void {
  const response = http.post(`${plan.edgeUrl}/v1/tools/${call.call}`, JSON.stringify(call.params), {
    headers: headersOf(call, tokenFor(plan.dispenserUrl, call.role, call.agent)),
    timeout: plan.timeoutMs,
  });
  const answer = {
    status: response.status,
    body: typeof response.body === 'string' ? response.body : null,
    correlationId: response.headers['X-Correlation-Id'],
    error: String(response.error_code),
  };
  const judgement = judgeAnswer(call, answer, plan.problemStatuses);
  calls.add(response.timings.duration, { c: describe(call, judgement) });
  if (judgement.verdict === 'broken') tell(call, answer);
}

/** As `parseCallTag` reads it. */
function describe(call: PlannedCall, { verdict, outcome, cache, attempts }: Judgement): string {
  return [call.call, call.kind, verdict, outcome, cache, attempts].join('|');
}

const toldMax = 3;
let told = 0;

/** Of what should never happen, a few of each of k6's users are told whole. */
function tell(call: PlannedCall, answer: object): void {
  told += 1;
  if (told <= toldMax) console.error(JSON.stringify({ call, answer }).slice(0, 2_000));
}
