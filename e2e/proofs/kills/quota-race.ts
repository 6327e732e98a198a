import type { Policy } from '@4runr/contracts/policy';
import type { EnrolledAgent } from '../measure/operator.ts';
import { pick } from './seeded-random.ts';
import { mailCall, type SeenCall, sendCall } from './tracked-call.ts';
import type { WatchedMesh } from './watched-mesh.ts';

/** What is raced for. `both` is a quota of each agent and one that all share: all or none is taken of them. */
export const raceShapes = ['agent, fixed', 'agent, sliding', 'role', 'both'] as const;
export type RaceShape = (typeof raceShapes)[number];

export interface RaceOptions {
  /** No other race of this mesh has it. */
  readonly name: string;
  readonly shape: RaceShape;
  readonly calls: number;
  readonly limit: number;
  /** One proxy and one policy-service replica is killed while shares are left; each of the parts named may be. */
  readonly kills: readonly { readonly anyOf: readonly string[] }[];
  readonly random: () => number;
}

/** A race as it was run, before anybody has looked at the witnesses. */
export interface Race {
  readonly role: string;
  readonly agents: readonly EnrolledAgent[];
  readonly limit: number;
  readonly shape: RaceShape;
  readonly seen: readonly SeenCall[];
  /** Parts, in the order of their end. */
  readonly killed: readonly string[];
}

/** Agents that share a quota of their role. */
const sharing = 4;

/** Sends all calls at once, as many under way as the mesh's client has connections, and kills on the way. */
export async function runRace(mesh: WatchedMesh, options: RaceOptions): Promise<Race> {
  const { name: role, shape, calls, limit, random } = options;
  await mesh.operator.storePolicy(policyOf(options));
  const agents: EnrolledAgent[] = [];
  for (let agent = 0; agent < agentsOf(shape); agent += 1) agents.push(await mesh.operator.enrol(role));
  const tokens = await Promise.all(agents.map((agent) => agent.token()));
  await untilAllowed(mesh, tokens[0] ?? '');

  const pending = options.kills.map(({ anyOf }) => ({
    part: pick(random, anyOf),
    after: Math.floor(limit * (0.1 + 0.7 * random())),
  }));
  const killed: string[] = [];
  let taken = 0;
  const seen = await Promise.all(
    Array.from({ length: calls }, async (_, number) => {
      const token = tokens[number % tokens.length] ?? '';
      const call = await sendCall(mesh.calls, token, mailCall(`${role} ${number}`));
      // A call that a kill hit holds its share as well: so the next kill comes, however many that one took along.
      if (call.code !== 'quota.exceeded') taken += 1;
      for (const due of pending.filter(({ after }) => taken > after)) {
        pending.splice(pending.indexOf(due), 1);
        mesh.kill(due.part);
        killed.push(due.part);
      }
      return call;
    }),
  );
  await mesh.untilWhole();
  await mesh.untilStored();
  return { role, agents, limit, shape, seen, killed };
}

const agentsOf = (shape: RaceShape): number => (shape.startsWith('agent') ? 1 : sharing);

function policyOf({ name, shape, limit }: RaceOptions): Policy {
  const scope = 'gmail_send:send';
  const quota = { scope, limit, window: '1d', algorithm: 'fixed', per: 'agent', cost: 'calls' } as const;
  const quotas: Record<RaceShape, Policy['quotas']> = {
    'agent, fixed': [quota],
    'agent, sliding': [{ ...quota, algorithm: 'sliding' }],
    role: [{ ...quota, per: 'role' }],
    // Together the agents may have a little more than their role: sometimes the one refuses, sometimes the other.
    both: [
      { ...quota, limit: Math.ceil((limit * 1.1) / sharing), algorithm: 'sliding' },
      { ...quota, per: 'role' },
    ],
  };
  return { name, subjects: { roles: [name] }, allow: [scope], quotas: quotas[shape] };
}

/** Every replica of the proxy asks every one of policy-service in turn: so many in a row have asked them all. */
const allReplicasAsked = 24;

/** A change is active within a second, on a machine that is not busy with other things. */
const activeWithinMs = 60_000;

/** Resolves when the policy of the token's role is active on every replica. */
export async function untilAllowed(mesh: WatchedMesh, token: string): Promise<void> {
  const until = performance.now() + activeWithinMs;
  for (let inARow = 0; inARow < allReplicasAsked; ) {
    const { statusCode, body } = await mesh.calls.request({
      method: 'GET',
      path: '/v1/tools/gmail_send',
      headers: { authorization: `Bearer ${token}` },
    });
    await body.dump();
    inARow = statusCode === 200 ? inARow + 1 : 0;
    if (performance.now() > until) throw new Error('the policy is not active everywhere');
  }
}
