/**
 * What decisions take at a fixed rate, in the service and as a caller sees them, and how that grows with the policies and agents that there
 * are. Three services, each with its documents, are asked by turns: what else the machine does meanwhile hits all of them.
 *
 *     node scripts/with-test-parts.ts node services/policy-service/test/bench/decisions-at-rate.ts [rate] [rounds] [seconds]
 */
import type { EvaluationRequest } from '@4runr/contracts/decision';
import { type Policy, policyExample } from '@4runr/contracts/policy';
import { questionOf } from '../fixtures/policy-service-under-test.ts';
import {
  addTimes,
  between,
  type DecisionTimes,
  quantileOf,
  readDecisionTimes,
  shareWithin,
} from './load/decision-times.ts';
import { askAtRate } from './load/open-load.ts';
import { type ServiceProcess, startServiceProcess } from './load/service-process.ts';

const [rate = 1_000, rounds = 5, seconds = 5] = process.argv.slice(2).map(Number);
/** Most agents that one document can name. */
const agentsOfPolicy = 1_000;
const goalMs = 2;

/** Decides every question here: a search takes of a quota, a page is compared with the domains. */
const deciding: Policy = {
  name: 'deciding',
  subjects: { roles: ['analyst'] },
  allow: ['serpapi:search', 'http_fetch:get'],
  guards: {
    domains: { allow: ['*.wikipedia.org', 'example.com'] },
    when: '!has(params.q) || size(params.q) <= 200',
  },
  quotas: [{ scope: 'serpapi:search', limit: 10_000, window: '24h' }],
};

interface Case {
  readonly name: string;
  readonly policies: number;
  readonly agents: number;
}
const cases: readonly Case[] = [
  { name: '10 policies, 10 agents', policies: 10, agents: 10 },
  { name: '5,000 policies', policies: 5_000, agents: 10 },
  { name: '100,000 agents', policies: 110, agents: 100_000 },
];

interface Measured {
  readonly service: ServiceProcess;
  readonly agents: number;
  latencies: number[];
  failed: number;
  times: DecisionTimes;
  /** Milliseconds of CPU for a decision, of each round. */
  readonly cpuMs: number[];
  /** Milliseconds for all decisions that the service waited for a core. */
  waitedMs: number;
}

const measured = new Map<string, Measured>();
try {
  for (const [index, { name, policies, agents }] of cases.entries()) {
    const service = await startServiceProcess({
      port: 24_010 + index,
      documents: documentsFor(policies, agents),
    });
    measured.set(name, {
      service,
      agents,
      latencies: [],
      failed: 0,
      times: new Map(),
      cpuMs: [],
      waitedMs: 0,
    });
  }
  for (let round = 0; round <= rounds; round += 1) {
    for (const each of measured.values()) await measureRound(each, round === 0);
  }
  report();
} finally {
  for (const { service } of measured.values()) await service.stop();
}

/** The policies, of which the first decides; the agents are named by as few of the others as can. */
function documentsFor(policies: number, agents: number): readonly Policy[] {
  const others = Array.from({ length: policies - 1 }, (_, index): Policy => {
    const named = Math.max(0, Math.min(agentsOfPolicy, agents - index * agentsOfPolicy));
    return {
      ...policyExample,
      name: `other-${index}`,
      subjects: {
        roles: [`role-${index}`],
        agents: Array.from({ length: named }, (_agent, at) => agentOf(index * agentsOfPolicy + at)),
      },
      allow: ['gmail_send:send'],
      quotas: [{ scope: 'gmail_send:send', limit: 100, window: '24h' }],
    };
  });
  return [deciding, ...others];
}

function agentOf(number: number): string {
  return `agt_${String(number).padStart(20, '0')}`;
}

function searchBy(agent: number): EvaluationRequest {
  const question = questionOf('analyst', 'serpapi:search', {
    params: { q: 'opening hours' },
    requestBytes: 21,
  });
  return { ...question, subject: { ...question.subject, id: agentOf(agent) } };
}

function pageBy(agent: number): EvaluationRequest {
  const url = 'https://en.wikipedia.org/wiki/Cat';
  const facts = { url: [url], model: [], recipient: [] };
  const question = questionOf('analyst', 'http_fetch:get', { params: { url }, facts, requestBytes: 43 });
  return { ...question, subject: { ...question.subject, id: agentOf(agent) } };
}

async function measureRound(each: Measured, isWarmUp: boolean): Promise<void> {
  const { service, agents } = each;
  const asked = (number: number) => {
    // A prime step goes through all agents in no order that anything else has.
    const agent = (number * 7_919) % agents;
    return number % 3 === 0 ? pageBy(agent) : searchBy(agent);
  };
  const timesBefore = await readDecisionTimes(service.url);
  const [cpuBefore, waitedBefore] = [service.cpuMs(), service.waitedMs()];
  const { latencies, failed } = await askAtRate({
    url: service.url,
    ratePerSecond: rate,
    seconds,
    question: asked,
  });
  const cpuMs = (service.cpuMs() - cpuBefore) / latencies.length;
  const waitedMs = service.waitedMs() - waitedBefore;
  if (isWarmUp) return;
  each.latencies = each.latencies.concat(latencies);
  each.failed += failed;
  each.waitedMs += waitedMs;
  each.times = addTimes(each.times, between(timesBefore, await readDecisionTimes(service.url)));
  each.cpuMs.push(cpuMs);
}

function report(): void {
  const cpuOf = ({ cpuMs }: Measured) => Math.min(...cpuMs) * 1_000;
  const [few] = measured.values();
  console.log(`${rate} decisions a second, ${rounds} rounds of ${seconds} s by turns.\n`);
  console.log(
    `| | in the service: p50, p99, within ${goalMs} ms | as a caller sees it: p50, p99 | CPU, least of rounds | times | waiting for a core | failed |`,
  );
  console.log('|---|---|---|---|---|---|---|');
  for (const [name, each] of measured) {
    const sorted = each.latencies.toSorted((a, b) => a - b);
    const at = (q: number) => (sorted[Math.ceil(sorted.length * q) - 1] ?? Number.NaN).toFixed(2);
    const inside = [0.5, 0.99].map((q) => `${quantileOf(each.times, q).toFixed(2)} ms`).join(', ');
    const within = (100 * shareWithin(each.times, goalMs)).toFixed(2);
    const times = few === undefined ? Number.NaN : cpuOf(each) / cpuOf(few);
    console.log(
      `| ${name} | ${inside}, ${within} % | ${at(0.5)} ms, ${at(0.99)} ms | ${cpuOf(each).toFixed(0)} µs | ${times.toFixed(2)} | ${((each.waitedMs * 1_000) / each.latencies.length).toFixed(0)} µs | ${each.failed} |`,
    );
  }
}
