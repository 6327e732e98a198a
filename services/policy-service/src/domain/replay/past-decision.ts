import { callDecisionSchema } from '@4runr/contracts/audit';
import { actingAgentsOf, type Facts } from '@4runr/contracts/decision';
import type { PastCall } from '@4runr/policy-engine';
import type * as z from 'zod';
import { isMaybeCut } from '../recorded-facts.ts';

/** What a replay needs of a call's record. */
const pastDecisionSchema = callDecisionSchema
  .pick({
    id: true,
    at: true,
    agent: true,
    role: true,
    act: true,
    tool: true,
    action: true,
    decision: true,
    policy: true,
    reasons: true,
    quota: true,
    facts: true,
    sealedFacts: true,
    factsCut: true,
    basis: true,
    requestBytes: true,
    streamed: true,
    replayOf: true,
    intent: true,
    traceId: true,
  })
  .required({ basis: true });
export type PastDecision = z.infer<typeof pastDecisionSchema>;

/** A decision that was recorded with what it was reached by; `undefined` of any other record. */
export function parsePastDecision(record: unknown): PastDecision | undefined {
  return pastDecisionSchema.safeParse(record).data;
}

/** The facts as they were. @throws Error when they cannot be opened: another key, another call */
export type OpenFacts = (sealed: string, callId: string) => Facts;

/** What is left of a call for policies to judge. */
export function toPastCall(past: PastDecision, openFacts: OpenFacts): PastCall {
  const { agent, role, act, tool, action, intent, requestBytes, streamed, basis } = past;
  return {
    subject: { id: agent, role },
    actors: actingAgentsOf(act),
    scope: `${tool}:${action}`,
    intent: intent ?? undefined,
    requestBytes,
    streamed,
    readings: basis.readings,
    ...readFacts(past, openFacts),
  };
}

const factKinds: readonly (keyof Facts)[] = ['url', 'model', 'recipient'];

/** Facts that cannot be opened any more are known without what was personal in them, which is not enough for every guard. */
function readFacts(
  { id, facts: shown, sealedFacts, factsCut }: PastDecision,
  openFacts: OpenFacts,
): Pick<PastCall, 'facts' | 'unknownFacts'> {
  const opened = sealedFacts === undefined ? shown : open(() => openFacts(sealedFacts, id));
  const facts = opened ?? shown;
  const unknown = factKinds.filter(
    (kind) => (opened === undefined && kind !== 'model') || (factsCut === true && isMaybeCut(facts[kind])),
  );
  return { facts, unknownFacts: new Set(unknown) };
}

function open(attempt: () => Facts): Facts | undefined {
  try {
    return attempt();
  } catch {
    return undefined;
  }
}
