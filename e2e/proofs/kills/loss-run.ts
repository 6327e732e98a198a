import { setTimeout as delay } from 'node:timers/promises';
import type { Policy } from '@4runr/contracts/policy';
import type { EnrolledAgent } from '../measure/operator.ts';
import { untilAllowed } from './quota-race.ts';
import { planStrikes, strike } from './strikes.ts';
import { mailCall, type SeenCall, sendCall, type TrackedCall } from './tracked-call.ts';
import type { WatchedMesh } from './watched-mesh.ts';

export interface LossRunOptions {
  /** No other run of this mesh has it. */
  readonly name: string;
  /** How often something is killed. */
  readonly strikes: number;
  /** Callers that are served all the time, each with a call under way. */
  readonly callers: number;
  readonly random: () => number;
}

/** What clients and operators were told while parts were killed, before anybody has looked at the audit trail. */
export interface LossRun {
  readonly name: string;
  readonly agents: readonly EnrolledAgent[];
  readonly seen: readonly SeenCall[];
  /** What operators were told has been changed: the ids of the targets. */
  readonly changed: readonly string[];
  /** How often each part was killed. */
  readonly killed: ReadonlyMap<string, number>;
}

/** Whoever is told that the mesh is away waits so long, in milliseconds. */
const refusedPauseMs = 25;

/** Of the calls of a run some are carried out, some denied, and some refused for want of quota. */
const quotaOfTheLimited = 40;

/** Whether its answer names its record. */
export const isAcknowledged = ({ callId, decisionId }: SeenCall): boolean =>
  (callId ?? decisionId) !== undefined;

/** No policy of a run allows it. */
const deniedCall = (q: string): TrackedCall => ({ tool: 'serpapi', action: 'search', params: { q } });

/** Calls and changes are made without a pause while parts are killed; then the mesh heals, and stores what waits. */
export async function runUnderKills(mesh: WatchedMesh, options: LossRunOptions): Promise<LossRun> {
  const { name, strikes, callers, random } = options;
  const free = await enrolUnder(mesh, policyOf(`${name}-free`));
  const limited = await enrolUnder(mesh, policyOf(`${name}-limited`, quotaOfTheLimited));
  const over = new AbortController();
  let served = 0;
  const plan = planStrikes(mesh, strikes, random);
  const striking = strike(mesh, plan, () => served).finally(() => over.abort());
  const changing = changeUntil(mesh, name, over.signal);
  let number = 0;
  const nextCall = () => {
    number += 1;
    const which = random();
    const { token } = which < 0.2 ? limited : free;
    return { token, call: which < 0.9 ? mailCall(`${name} ${number}`) : deniedCall(`${name} ${number}`) };
  };
  const seen: SeenCall[] = [];
  const callAgain = async () => {
    while (!over.signal.aborted) {
      const { token, call } = nextCall();
      const answer = await sendCall(mesh.calls, token, call);
      seen.push(answer);
      if (isAcknowledged(answer)) served += 1;
      else await delay(refusedPauseMs);
    }
  };
  await Promise.all(Array.from({ length: callers }, callAgain));
  const [killed, changed] = await Promise.all([striking, changing]);
  await mesh.untilWhole();
  await mesh.untilStored();
  return { name, agents: [free.agent, limited.agent], seen, changed, killed };
}

/** Operators change what the two services keep: one enrols an agent, another writes a policy. Whatever fails was not promised. */
async function changeUntil(mesh: WatchedMesh, name: string, over: AbortSignal): Promise<string[]> {
  const changed: string[] = [];
  for (let number = 0; !over.aborted; number += 1) {
    const policy = policyOf(`${name}-changed-${number}`);
    const change = number % 2 === 0 ? mesh.operator.enrol(name) : mesh.operator.storePolicy(policy);
    const target = await change.then(
      (agent) => (typeof agent === 'object' ? agent.id : policy.name),
      () => undefined,
    );
    if (target !== undefined) changed.push(target);
    await delay(refusedPauseMs);
  }
  return changed;
}

async function enrolUnder(
  mesh: WatchedMesh,
  policy: Policy,
): Promise<{ agent: EnrolledAgent; token: string }> {
  await mesh.operator.storePolicy(policy);
  const agent = await mesh.operator.enrol(policy.name);
  const token = await agent.token();
  await untilAllowed(mesh, token);
  return { agent, token };
}

function policyOf(name: string, limit?: number): Policy {
  const scope = 'gmail_send:send';
  const quotas = limit === undefined ? [] : [{ scope, limit, window: '1d' }];
  return { name, subjects: { roles: [name] }, allow: [scope], quotas };
}
