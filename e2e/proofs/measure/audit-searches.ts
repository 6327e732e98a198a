import { createHash } from 'node:crypto';
import { type AuditHistory, agentCount, formerAgent, formerTool } from './audit-history.ts';

export type Query = Readonly<Record<string, string>>;

const dayMs = 86_400_000;
/** A tenth of all calls are this agent's. */
export const busiest = { agent: 'agt_0' };

/** What operators ask, by its name, agents' days first. Each call asks about another agent, day or moment. */
export function auditSearches(history: AuditHistory): Readonly<Record<string, () => Query>> {
  const chooseDay = createDayChooser(history, 'searches');
  const day = () => {
    const { from, to } = chooseDay();
    return { from, to };
  };
  const before = () => ({ to: day().to });
  const agent = () => ({ agent: chooseDay().agent });
  return {
    'an agent’s day, up to 500 of a page': chooseDay,
    'the busiest agent’s day, 500 of a page': () => ({ ...busiest, ...day(), limit: '500' }),
    'an agent’s day, denied calls': () => ({ ...agent(), ...day(), outcome: 'denied' }),
    'an agent’s day, completed calls of a tool': () => ({
      ...agent(),
      ...day(),
      tool: 'openai',
      outcome: 'completed',
    }),
    'an agent’s newest calls': agent,
    'an agent that has not called for months': () => ({ agent: formerAgent }),
    'everything before a moment': before,
    'completed calls before a moment': () => ({ ...before(), outcome: 'completed' }),
    'failed calls of a tool before a moment': () => ({ ...before(), tool: 'openai', outcome: 'failed' }),
    'calls of a tool’s action on a day': () => ({ ...day(), tool: 'http_fetch', action: 'get' }),
    'a tool that was not called for months': () => ({ tool: formerTool }),
    'the busiest agent’s calls of that tool: none of the newest 5,000': () => ({
      ...busiest,
      tool: formerTool,
      to: history.to.toISOString(),
    }),
    'changes by operators on a day': () => ({ ...day(), kind: 'operator_change' }),
    'changes by an operator': () => ({ operator: 'opr_7' }),
    'changes of an agent': () => ({ target: chooseDay().agent }),
  };
}

/** Days and agents by turns that are the same in every run, the busy agents as often as the others. */
export function createDayChooser(
  history: AuditHistory,
  seed: string,
): () => Query & Record<'agent' | 'from' | 'to', string> {
  const days = Math.floor((history.to.getTime() - history.from.getTime()) / dayMs);
  let turn = 0;
  return () => {
    turn += 1;
    const digest = createHash('sha256').update(`${seed} ${turn}`).digest();
    const from = history.from.getTime() + (digest.readUInt32BE(0) % days) * dayMs;
    return {
      agent: `agt_${digest.readUInt32BE(4) % agentCount}`,
      from: new Date(from).toISOString(),
      to: new Date(from + dayMs).toISOString(),
      limit: '500',
    };
  };
}
