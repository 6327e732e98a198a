import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { callResponseSchema } from '@4runr/contracts/call';
import fc from 'fast-check';
import { type Answered, problemIn, send } from '../fixtures/calling.ts';
import { aRead } from '../fixtures/proxy-under-test.ts';
import { withRunningProxy } from '../fixtures/running-proxy.ts';

const proxy = withRunningProxy();
const numRuns = 300;

/** Whatever was sent: a result, or a problem of who sent it; never a failure of ours, and never a hang. */
function assertClientsFault(answered: Answered): void {
  if (answered.status === 200) callResponseSchema.parse(JSON.parse(answered.text));
  else assert.ok(problemIn(answered).status < 500, `${answered.status} ${answered.text}`);
}

const visibleAscii = fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code));
const escaped = fc.integer({ min: 0, max: 255 }).map((byte) => `%${byte.toString(16).padStart(2, '0')}`);
const knownWords = fc.constantFrom('v1', 'tools', 'web', 'mail', 'fetch', 'send', '..', '.', '__proto__');
const segment = fc.oneof(
  knownWords,
  fc.string({ unit: fc.oneof({ weight: 3, arbitrary: visibleAscii }, escaped), maxLength: 20 }),
);
const path = fc
  .tuple(fc.constantFrom('/', '/v1/tools/', '/v1/tools/web/'), fc.array(segment, { maxLength: 5 }))
  .map(([prefix, segments]) => prefix + segments.join('/'));

const headerValue = fc.string({
  unit: fc
    .integer({ min: 0x20, max: 0xff })
    .filter((code) => code !== 0x7f)
    .map((code) => String.fromCharCode(code)),
});
const headerName = fc.constantFrom(
  'agent-intent',
  'authorization',
  'content-type',
  'content-encoding',
  'traceparent',
  'x-correlation-id',
  'accept',
  'prefer',
  'idempotency-key',
  'gateway-permit',
);

const document = fc.oneof(
  fc.json({ stringUnit: 'binary' }),
  fc
    .dictionary(fc.constantFrom('url', 'depth', '__proto__', 'constructor', 'x'), fc.jsonValue())
    .map((value) => JSON.stringify(value)),
  fc.tuple(fc.json(), fc.nat(), fc.string({ unit: 'binary', maxLength: 3 })).map(([json, at, noise]) => {
    const place = at % (json.length + 1);
    return json.slice(0, place) + noise + json.slice(place);
  }),
  fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.from(bytes)),
);

describe('whatever a client sends, nothing fails but the client', () => {
  it('as the path and the method', () =>
    fc.assert(
      fc.asyncProperty(path, fc.constantFrom('GET', 'POST', 'PUT', 'OPTIONS'), async (where, method) => {
        const authorization = await proxy.bearer();
        const headers = { authorization, 'content-type': 'application/json' };
        const answered = await send(proxy.url, { method, path: where, headers });
        if (answered.status !== 200) assertClientsFault(answered);
      }),
      { numRuns },
    ));

  it('as a header', () =>
    fc.assert(
      fc.asyncProperty(headerName, headerValue, async (name, value) => {
        assertClientsFault(await proxy.call({ headers: { [name]: value } }));
      }),
      { numRuns },
    ));

  it('as the body', () =>
    fc.assert(
      fc.asyncProperty(document, async (body) => {
        assertClientsFault(await proxy.call({ path: aRead.path, body }));
      }),
      { numRuns },
    ));
});
