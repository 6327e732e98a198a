import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { auditListSchema } from '@4runr/contracts/audit';
import { TokenRefusedError } from '@4runr/local-stack';
import { type Answer, ask, askAsOperator, fetchToken, problemOf } from './mesh/gateway.ts';
import { enrolOperator, runOperators } from './mesh/operators.ts';

/** What operators ask of each service that serves them: auth-service, policy-service, provider-simulator. */
const paths = ['/v1/agents', '/v1/audit', '/v1/policies', '/v1/faults'];
/** From the end of the command until every service refuses. */
const refusedWithinMs = 1_000;
/** From the end of a command until its record shows. */
const visibleWithinMs = 2_000;

const askWith = (path: string, token: string): Promise<Answer> =>
  ask(path, { headers: { authorization: `Bearer ${token}` } });

/** The actions recorded of an operator, oldest first, as soon as there are so many. */
async function actionsOf(target: string, count: number): Promise<readonly string[]> {
  const deadline = performance.now() + visibleWithinMs;
  for (;;) {
    const answer = await askAsOperator(`/v1/audit?target=${target}`, 'GET');
    const items = auditListSchema.parse(answer.json).items.toReversed();
    if (items.length >= count) return items.map(({ action }) => action);
    assert.ok(performance.now() < deadline, `${items.length} of ${count} changes are in the audit trail`);
    await wait(50);
  }
}

describe('an operator who is enrolled beside the first', () => {
  it('reaches every service, and none of them any more within a second of a suspension', async () => {
    const operator = await enrolOperator();
    const token = await fetchToken(operator);
    for (const path of paths) assert.equal((await askWith(path, token)).status, 200, path);
    await runOperators('suspend', operator.clientId);
    await wait(refusedWithinMs);
    for (const path of paths) assert.equal(problemOf(await askWith(path, token)).code, 'token.revoked', path);
    await assert.rejects(fetchToken(operator), TokenRefusedError);
    assert.deepEqual(await actionsOf(operator.clientId, 2), ['operator.enrol', 'operator.suspend']);
  });

  it('gets no further than the scopes that it was enrolled with', async () => {
    const token = await fetchToken(await enrolOperator('audit:read'));
    assert.equal((await askWith('/v1/audit', token)).status, 200);
    for (const path of ['/v1/agents', '/v1/policies', '/v1/faults'])
      assert.equal(problemOf(await askWith(path, token)).code, 'scope.insufficient', path);
  });
});
