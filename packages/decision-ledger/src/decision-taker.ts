import type { CallDecision } from '@4runr/contracts/audit';
import { createExhaustedAgents } from './exhausted-agents.ts';
import { callKeysOf, countersKeyOf, roleHoldKeyOf } from './ledger-keys.ts';
import { type LedgerClaim, toScriptClaims } from './quota-claims.ts';
import { redisScript, runScript, type ScriptRedis } from './redis-script.ts';
import { parseReply, roleTakingSchema, takingSchema } from './replies.ts';
import { closedSeconds, openSeconds } from './retention.ts';
import { settleRole } from './role-settlement.ts';
import { takeRoleScript, takeScript } from './scripts/take.ts';

/** What policy says of a call before its quotas are asked, and everything else that is recorded of it. */
export type DecisionDraft = Omit<
  CallDecision,
  'at' | 'quota' | 'taken' | 'retryAfterSeconds' | 'decision'
> & {
  readonly decision: 'allowed' | 'denied';
};

export interface DecisionTaker {
  /**
   * Takes of every quota or of none, and records the decision. It is taken once for a call's id: whoever asks again gets the
   * decision that was recorded then, whatever the draft says now.
   *
   * @param claims none of a call that policy denies; no two of the same key
   * @returns the decision as recorded; `limited` where a quota refuses it
   * @throws DecisionSettledError when the call has ended; AuditFullError when nothing more can be recorded; and what the
   * client throws. Then there is no decision; what was taken stays counted until its window ends.
   */
  take(draft: DecisionDraft, claims: readonly LedgerClaim[]): Promise<CallDecision>;
}

/** The call has ended already: it cannot be allowed once more. */
export class DecisionSettledError extends Error {
  override readonly name = 'DecisionSettledError';
}

/** The audit stream is full: what cannot be recorded is not decided. */
export class AuditFullError extends Error {
  override readonly name = 'AuditFullError';
}

export interface DecisionTakerOptions {
  /** Most items that may wait in one of the 16 audit streams. */
  readonly streamItemsMax: number;
  /** Milliseconds since the epoch, for tests alone: else the clock of Redis counts. */
  readonly nowMs?: (() => number) | undefined;
}

const take = redisScript(takeScript);
const takeRole = redisScript(takeRoleScript);

/** @param redis the state Redis, or a Redis Cluster: every script keeps to one slot */
export function createDecisionTaker(redis: ScriptRedis, options: DecisionTakerOptions): DecisionTaker {
  const now = () => (options.nowMs === undefined ? '' : String(options.nowMs()));
  const exhausted = createExhaustedAgents();

  /** Whoever is about to be refused does not keep others from a share of the role meanwhile. */
  async function refuseExhausted(
    draft: DecisionDraft,
    { own, shared }: DividedClaims,
  ): Promise<CallDecision | undefined> {
    if (shared.length === 0 || own.length === 0 || !exhausted.has(draft.agent)) return undefined;
    const taking = await takeOfAgent(redis, draft, {
      claims: own,
      role: unaskedRole,
      now: now(),
      ...options,
    });
    return taking.status === 'taken' ? taking.decision : undefined;
  }

  return {
    async take(draft, claims) {
      const divided = divide(claims);
      const refused = await refuseExhausted(draft, divided);
      if (refused !== undefined) return refused;
      const { own, shared } = divided;
      const role = shared.length === 0 ? unlimitedRole : await takeOfRole(redis, draft, shared, now());
      const taking = await takeOfAgent(redis, draft, { claims: own, role, now: now(), ...options });
      switch (taking.status) {
        case 'taken':
          exhausted.note(taking.decision);
          if (!isKept(taking, role, draft)) await giveBackToRole(redis, draft, role);
          return taking.decision;
        case 'settled':
          // What the call held before is settled, or about to be, by whoever carried it out.
          if (role.status === 'taken') await giveBackToRole(redis, draft, role);
          throw new DecisionSettledError(`${draft.id} has ended`);
        case 'full':
          // Somebody may be asking the same, and be allowed: what was taken of the role stays counted.
          throw new AuditFullError('the audit stream is full');
        case 'room':
          throw new Error('the quotas of the role were not asked');
      }
    },
  };
}

interface DividedClaims {
  readonly own: readonly LedgerClaim[];
  readonly shared: readonly LedgerClaim[];
}

/** Those of the agent, and those of its role. */
function divide(claims: readonly LedgerClaim[]): DividedClaims {
  return {
    own: claims.filter(({ claim }) => claim.per === 'agent'),
    shared: claims.filter(({ claim }) => claim.per === 'role'),
  };
}

/** What a role's quotas say of a call. */
interface RoleTaking {
  readonly status: 'taken' | 'held' | 'refused' | 'unlimited' | 'unasked';
  readonly states: string;
  /** What was taken of them, as it is recorded. */
  readonly taken: string;
  readonly policy: string;
  readonly reasons: string;
  readonly retryAfterSeconds: string;
}

const unlimitedRole: RoleTaking = {
  status: 'unlimited',
  states: '',
  taken: '',
  policy: '',
  reasons: '',
  retryAfterSeconds: '0',
};

const unaskedRole: RoleTaking = { ...unlimitedRole, status: 'unasked' };

async function takeOfRole(
  redis: ScriptRedis,
  { id, role }: DecisionDraft,
  claims: readonly LedgerClaim[],
  now: string,
): Promise<RoleTaking> {
  const quotas = toScriptClaims({ kind: 'role', id: role }, claims);
  const reply = await runScript(redis, takeRole, {
    keys: [roleHoldKeyOf(role, id), countersKeyOf(role), ...quotas.keys],
    arguments: [now, id, String(openSeconds), ...quotas.arguments],
  });
  const [status, states, taken, policy, reasons, retryAfterSeconds] = parseReply(roleTakingSchema, reply);
  return { status, states, taken, policy, reasons, retryAfterSeconds };
}

/** What came of asking the agent's own quotas; a decision that was taken before is as good as one that is taken now. */
type AgentTaking =
  | {
      readonly status: 'taken';
      readonly decision: CallDecision;
      /** The role that a call which was decided before has taken of; `undefined` of one that is decided now. */
      readonly heldRole: string | undefined;
    }
  | { readonly status: 'settled' | 'full' | 'room' };

async function takeOfAgent(
  redis: ScriptRedis,
  draft: DecisionDraft,
  parts: {
    readonly claims: readonly LedgerClaim[];
    readonly role: RoleTaking;
    readonly now: string;
    readonly streamItemsMax: number;
  },
): Promise<AgentTaking> {
  const { claims, role, now, streamItemsMax } = parts;
  const { id, agent, decision, policy, reasons, obligations, ...rest } = draft;
  const { record, hold, stream } = callKeysOf(agent, id);
  const quotas = toScriptClaims({ kind: 'agent', id: agent }, claims);
  const reply = await runScript(redis, take, {
    keys: [record, hold, stream, countersKeyOf(agent), ...quotas.keys],
    arguments: [
      now,
      id,
      String(streamItemsMax),
      String(openSeconds),
      String(closedSeconds),
      // The script goes on where these texts end.
      JSON.stringify({ id, agent, ...rest }).slice(0, -1),
      JSON.stringify({ decision, policy, reasons, obligations }).slice(1, -1),
      decision === 'allowed' ? '1' : '0',
      holderOf(role, draft),
      role.states,
      role.taken,
      role.policy,
      role.reasons,
      role.retryAfterSeconds,
      ...quotas.arguments,
    ],
  });
  const [status, item, heldRole] = parseReply(takingSchema, reply);
  if (status !== 'taken' && status !== 'known') return { status };
  return {
    status: 'taken',
    decision: JSON.parse(item) as CallDecision,
    heldRole: status === 'known' ? heldRole : undefined,
  };
}

/** Who holds what was taken of the role, as the script is told it. */
function holderOf({ status }: RoleTaking, { role }: DecisionDraft): string {
  if (status === 'unasked') return '?';
  return status === 'taken' || status === 'held' ? role : '';
}

/** Whether what was taken of the role belongs to the decision: a refused call has none, and an earlier one may have had none. */
function isKept(
  { decision, heldRole }: Extract<AgentTaking, { status: 'taken' }>,
  { status }: RoleTaking,
  { role }: DecisionDraft,
): boolean {
  if (decision.decision !== 'allowed') return false;
  return status !== 'taken' || heldRole === undefined || heldRole === role;
}

/** What cannot be given back stays counted until its window ends: the decision holds all the same. */
async function giveBackToRole(
  redis: ScriptRedis,
  { role, id }: DecisionDraft,
  { status }: RoleTaking,
): Promise<void> {
  if (status !== 'taken' && status !== 'held') return;
  await settleRole(redis, role, id, { isGivenBack: true, used: {} }).catch(() => {});
}
