import assert from 'node:assert/strict';
import { it } from 'node:test';
import { validated } from '../../test/fixtures/calls.ts';
import type { ReceivedCall, ValidatedCall } from '../domain/call.ts';
import type { AdapterClient } from '../mesh/adapter-client.ts';
import type { ProxyMetrics } from '../metrics.ts';
import type { PermittedCall } from './authorize.ts';
import { forward } from './forward.ts';
import { layered } from './layer.ts';
import { pipeline } from './pipeline.ts';

const adapters: AdapterClient = {
  open: () => Promise.reject(new Error('not streamed')),
  carryOut: async () => null,
};
const metrics = { retries: { inc: () => {} } as unknown as ProxyMetrics['retries'] };
const step = layered([], forward({ adapters, metrics }));

it('what policy has not allowed cannot be forwarded: it does not compile', () => {
  // @ts-expect-error a ValidatedCall has no permit
  const unpermitted: (call: ValidatedCall) => unknown = step;
  // @ts-expect-error a look-alike is not of the class that only `authorize` can make
  const lookAlike: (call: { call: ValidatedCall; permit: string }) => unknown = step;
  assert.ok(unpermitted !== undefined && lookAlike !== undefined);
});

it('a permitted call cannot be given other parameters: it does not compile', () => {
  const alter = (permitted: PermittedCall): PermittedCall =>
    // @ts-expect-error a copy loses the private member, so that the permit cannot move to another call
    ({ ...permitted, call: validated({ params: { url: 'https://other.example/' } }) });
  assert.equal(typeof alter, 'function');
});

it('forward cannot stand before authorize: it does not compile', () => {
  // @ts-expect-error forward takes a PermittedCall, not what has just been received
  assert.ok(pipeline<ReceivedCall>().step('forward', step));
});
