import type { CelInput } from '@bufbuild/cel';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { PolicyCall, PolicySubject } from '../policy-call.ts';

/** What a condition sees of a call. */
export interface ConditionVariables {
  readonly params: CelInput;
  /** `Agent-Intent`; empty where the agent sent none. */
  readonly intent: string;
  /** The agent whose permission is asked about. */
  readonly agent: PolicySubject;
  readonly tool: string;
  readonly action: string;
  readonly now: CelInput;
  readonly facts: CelInput;
}

/** The same, whichever agent is asked about, and whatever the parameters are. */
export type SharedVariables = Omit<ConditionVariables, 'agent' | 'params'>;

/** Most values, and deepest nesting, of parameters that conditions can look at. */
const valuesMax = 50_000;
const depthMax = 200;

/** What conditions see of a call beside its parameters, whichever agent they are about. */
export function readSharedVariables(
  call: Pick<PolicyCall, 'scope' | 'intent' | 'facts'>,
  at: Date,
): SharedVariables {
  const [tool = '', action = ''] = call.scope.split(':');
  const facts = {
    url: [...call.facts.url],
    model: [...call.facts.model],
    recipient: [...call.facts.recipient],
  };
  return { intent: call.intent ?? '', tool, action, now: timestampFromDate(at), facts };
}

/**
 * Parameters as conditions see them. Objects become maps, which a condition can look into without copying them; numbers stay
 * doubles, as JSON's are in CEL.
 *
 * @returns `undefined` when there are too many of them, or they are nested too deeply
 */
export function toConditionValue(value: unknown): CelInput | undefined {
  try {
    return convert(value, { left: valuesMax }, depthMax);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function convert(value: unknown, values: { left: number }, depth: number): CelInput {
  values.left -= 1;
  if (values.left < 0 || depth < 0) throw new RangeError('too much to look at');
  if (Array.isArray(value)) return value.map((entry) => convert(entry, values, depth - 1));
  if (typeof value === 'object' && value !== null) {
    return new Map(Object.entries(value).map(([key, entry]) => [key, convert(entry, values, depth - 1)]));
  }
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
}
