import { fitsStream, type Obligation } from '@4runr/contracts/decision';
import type { Policy } from '@4runr/contracts/policy';

/** What a policy obliges to on every allowed call whose scope it allows for the agent, whether or not it is what allowed it. */
export function compileObligations({ guards = {}, response = {} }: Policy): readonly Obligation[] {
  const { maxResponseBytes: bytes, pii } = guards;
  const { redact: paths = [], truncate: limits = {}, block: patterns = [] } = response;
  const obligations: Obligation[] = [];
  if (bytes !== undefined) obligations.push({ type: 'maxResponseBytes', bytes });
  if (paths.length > 0) obligations.push({ type: 'redact', paths });
  if (Object.keys(limits).length > 0) obligations.push({ type: 'truncate', limits });
  if (patterns.length > 0) obligations.push({ type: 'block', patterns });
  if (pii?.on === 'response') obligations.push({ type: 'pii', detect: pii.detect, effect: pii.effect });
  return obligations;
}

/** Where a policy obliges to what cannot be done to a streamed answer, as paths in its document. */
export function pathsAgainstStreams(policy: Policy): readonly (readonly string[])[] {
  return compileObligations(policy)
    .filter((obligation) => !fitsStream(obligation))
    .map(({ type }) => [type === 'pii' ? 'guards' : 'response', type]);
}
