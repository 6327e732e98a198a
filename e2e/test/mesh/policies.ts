import { type Policy, type PolicyRecord, policyRecordSchema } from '@4runr/contracts/policy';
import { type Answer, ask, askAsOperator, tokenOf } from './gateway.ts';

/** Creates a policy as an operator; it is active within a second. */
export async function storePolicy(policy: Policy): Promise<void> {
  policyIn(await askAsOperator('/v1/policies', 'POST', policy), 201);
}

/** Changes a policy as an operator, if it is in the state that the entity tag names; any state will do unless said. */
export async function changePolicy(
  path: string,
  method: 'PUT' | 'DELETE' | 'POST',
  { body, ifMatch = '*' }: { body?: object; ifMatch?: string } = {},
): Promise<Answer> {
  const authorization = `Bearer ${await tokenOf('operator')}`;
  return ask(`/v1/policies/${path}`, {
    method,
    headers: { authorization, 'content-type': 'application/json', 'if-match': ifMatch },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

/** The policy that an answer is about. */
export function policyIn(answer: Answer, status = 200): PolicyRecord {
  if (answer.status !== status) throw new Error(`${answer.status}: ${answer.text}`);
  return policyRecordSchema.parse(answer.json);
}
