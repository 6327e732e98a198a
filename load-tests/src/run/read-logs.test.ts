import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createTally } from './read-logs.ts';

it('logs tell of calls, of failures by their code, of security events, and of how soon after a breaker’s opening its call had ended', () => {
  const tally = createTally();
  const at = (ms: number) => new Date(ms).toISOString();
  tally.add({ time: at(0), event: 'call', trace_id: 'a' });
  tally.add({ time: at(1), event: 'security.authorization_violation', trace_id: 'b' });
  tally.add({ time: at(2), event: 'call', trace_id: 'b', code: 'policy.denied' });
  tally.add({ time: at(5), event: 'breaker', trace_id: 'c', from: 'closed', to: 'open' });
  tally.add({ time: at(6), event: 'breaker', trace_id: 'd', from: 'half_open', to: 'open' });
  tally.add({ time: at(8), event: 'call', trace_id: 'c', code: 'upstream.failed' });
  tally.add({ time: at(9), event: 'call', trace_id: 'd', code: 'upstream.failed' });
  assert.deepEqual(tally.events(), {
    calls: 4,
    failures: 3,
    securityEvents: { authorization_violation: 1 },
    openingMs: [3],
  });
});
