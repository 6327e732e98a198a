import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'undici';
import type { EnrolledAgent } from '../measure/operator.ts';
import { untilSucceeds } from '../measure/outage.ts';
import { endingPolicy, type HourRole, type HourShape, hourPolicies, hourRoles } from './hour-policies.ts';
import { findRecords, type MadeCall, type SeenCall } from './hour-records.ts';
import {
  agentsOfRole,
  type Caller,
  type Hindrance,
  isHindrance,
  type PlannedCall,
  stoppedMailer,
  type Told,
} from './hour-traffic.ts';
import type { ReplayedMesh } from './replayed-mesh.ts';

export interface RecordedHour {
  readonly calls: readonly MadeCall[];
  /** What hindered calls from being decided, and how many. */
  readonly undecided: ReadonlyMap<Hindrance, number>;
  readonly from: string;
  readonly to: string;
  readonly shape: HourShape;
}

/** How long tokens are used, in milliseconds: those by which one agent acts for another live five minutes at most (ADR 19). */
const tokenUseMs = 180_000;

/** Makes the calls one after another, evenly over the time. A third before the end what is active changes. */
export async function recordHour(
  mesh: ReplayedMesh,
  { plan, seconds }: { readonly plan: readonly PlannedCall[]; readonly seconds: number },
): Promise<RecordedHour> {
  const closesAt = new Date(Math.ceil((Date.now() + seconds * 500) / 60_000) * 60_000);
  const shape = { calls: plan.length, closesAt };
  const { tokenOf } = await enrolEveryone(mesh, shape);
  const from = new Date().toISOString();
  const seen: SeenCall[] = [];
  const begunAt = performance.now();
  for (const [number, planned] of plan.entries()) {
    const dueAt = begunAt + (number / plan.length) * seconds * 1_000;
    await delay(Math.max(0, dueAt - performance.now()));
    await pastFullMinute();
    if (number === Math.ceil((plan.length * 2) / 3))
      await (await mesh.signIn()).operator.storePolicy(endingPolicy);
    const sent = await send(mesh.calls, await tokenOf(planned.caller), planned);
    const isPlanned = isHindrance(sent.told) || planned.expected.includes(sent.told);
    assert.ok(isPlanned, `${planned.kind}: ${sent.told}`);
    seen.push({ planned, ...sent });
  }
  const to = new Date(Date.now() + 1_000).toISOString();
  return { from, to, shape, ...(await findRecords(mesh, seen, { from, to })) };
}

/** Schedules begin and end with minutes by the clock of whoever decides: nothing is asked so near to one that it hangs on a millisecond. */
async function pastFullMinute(): Promise<void> {
  const intoMinuteMs = Date.now() % 60_000;
  if (intoMinuteMs > 59_000) await delay(61_000 - intoMinuteMs);
}

async function enrolEveryone(
  mesh: ReplayedMesh,
  shape: HourShape,
): Promise<{ tokenOf: (caller: Caller) => Promise<string> }> {
  const { operator } = await mesh.signIn();
  const agents = new Map<HourRole, EnrolledAgent[]>();
  for (const role of hourRoles) {
    const count = role === 'hour-mailer' ? stoppedMailer + 1 : agentsOfRole;
    agents.set(role, await Promise.all(Array.from({ length: count }, () => operator.enrol(role))));
  }
  const agentOf = (role: HourRole, at: number) => {
    const agent = agents.get(role)?.[at];
    assert.ok(agent, `there is no ${role} ${at}`);
    return agent;
  };
  for (const policy of hourPolicies(shape, agentOf('hour-mailer', stoppedMailer).id))
    await operator.storePolicy(policy);
  const tokenOf = createTokens(agentOf);
  const token = await tokenOf({ role: 'hour-changed', agent: 0 });
  const search = { path: 'serpapi/search', params: { q: 'tea' }, headers: {} } as const;
  // Its policy was stored last: who decides by that decides by all.
  await untilSucceeds(async () => (await send(mesh.calls, token, search)).told === '200', 10_000);
  return { tokenOf };
}

function createTokens(
  agentOf: (role: HourRole, at: number) => EnrolledAgent,
): (caller: Caller) => Promise<string> {
  const tokens = new Map<string, { readonly token: string; readonly until: number }>();
  const issue = async ({ role, agent, actor }: Caller) => {
    const own = await agentOf(role, agent).token();
    return actor === undefined ? own : agentOf(actor, 0).actFor(own);
  };
  return async (caller) => {
    const key = JSON.stringify(caller);
    const known = tokens.get(key);
    if (known !== undefined && performance.now() < known.until) return known.token;
    const token = await issue(caller);
    tokens.set(key, { token, until: performance.now() + tokenUseMs });
    return token;
  };
}

async function send(
  calls: Pool,
  token: string,
  { path, params, headers }: Pick<PlannedCall, 'path' | 'params' | 'headers'>,
): Promise<{ traceId: string; told: Told | Hindrance; isRepeated: boolean }> {
  const answer = await calls.request({
    method: 'POST',
    path: `/v1/tools/${path}`,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(params),
  });
  const { code, reason } = (await answer.body.json()) as { code?: string; reason?: string };
  const told = answer.statusCode === 200 ? '200' : code === 'policy.denied' ? `${code} ${reason}` : code;
  const traceId = String(answer.headers['x-correlation-id']);
  return {
    traceId,
    told: told as Told | Hindrance,
    isRepeated: answer.headers['idempotency-replayed'] === 'true',
  };
}
