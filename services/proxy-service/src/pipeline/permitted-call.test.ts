import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { ReceivedCall, ValidatedCall } from '../domain/call.ts';
import type { AdapterClient } from '../mesh/adapter-client.ts';
import { forward } from './forward.ts';
import { pipeline } from './pipeline.ts';

const adapters: AdapterClient = { carryOut: async () => ({ result: null, upstreamMs: undefined }) };

it('a call that policy has not allowed cannot be forwarded: it does not compile', () => {
  const step = forward({ adapters });
  // @ts-expect-error a ValidatedCall lacks the mark that only `authorize` can set
  const withoutPermit: (call: ValidatedCall) => unknown = step;
  // @ts-expect-error nor can one be made by hand
  const byHand: (call: ValidatedCall & { permit: string }) => unknown = step;
  assert.ok(withoutPermit === step && byHand === step);
});

it('a step cannot stand before the one that makes what it needs: it does not compile', () => {
  // @ts-expect-error forward takes a PermittedCall, not what has just been received
  assert.ok(pipeline<ReceivedCall>().step('forward', forward({ adapters })));
});
