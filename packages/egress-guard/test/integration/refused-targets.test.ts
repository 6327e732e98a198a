import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  createEgressGuard,
  type EgressGuard,
  ForbiddenTargetError,
  type ForbiddenTargetReason,
} from '../../src/index.ts';
import { type Canary, startCanary } from '../../src/testing/canary.ts';

/** Each would reach a canary, were it not refused: every name resolves to loopback, and `{port}` is the canary's own. */
const cases: [url: string, reason: ForbiddenTargetReason][] = [
  ['http://127.0.0.1:{port}/', 'address'],
  ['http://127.1:{port}/', 'address'],
  ['http://127.0.1:{port}/', 'address'],
  ['http://2130706433:{port}/', 'address'],
  ['http://0x7f000001:{port}/', 'address'],
  ['http://0x7f.0x0.0x0.0x1:{port}/', 'address'],
  ['http://0177.0.0.1:{port}/', 'address'],
  ['http://017700000001:{port}/', 'address'],
  ['http://127.0.0.1.:{port}/', 'address'],
  ['http://127.255.255.254:{port}/', 'address'],
  ['http://%31%32%37.0.0.1:{port}/', 'address'],
  ['http://１２７.0.0.1:{port}/', 'address'],
  ['http://①②⑦.⓪.⓪.①:{port}/', 'address'],
  ['http://127。0。0。1:{port}/', 'address'],
  ['http:\\\\127.0.0.1:{port}\\', 'address'],
  ['http:127.0.0.1:{port}', 'address'],
  ['  http://127.0.0.1:{port}/\t', 'address'],
  ['ht\ntp://127.0.\n0.1:{port}/', 'address'],
  ['http://0.0.0.0:{port}/', 'address'],
  ['http://0:{port}/', 'address'],
  ['https://127.0.0.1:{port}/', 'address'],
  ['http://[::1]:{port}/', 'address'],
  ['http://[::]:{port}/', 'address'],
  ['http://[0:0:0:0:0:0:0:1]:{port}/', 'address'],
  ['http://[::127.0.0.1]:{port}/', 'address'],
  ['http://[::ffff:127.0.0.1]:{port}/', 'address'],
  ['http://[::ffff:7f00:1]:{port}/', 'address'],
  ['http://[0:0:0:0:0:ffff:127.0.0.1]:{port}/', 'address'],
  ['http://[64:ff9b::7f00:1]:{port}/', 'address'],
  ['http://[2002:7f00:1::]:{port}/', 'address'],
  ['http://localhost:{port}/', 'address'],
  ['http://LOCALHOST:{port}/', 'address'],
  ['http://localhost.:{port}/', 'address'],
  ['http://127.0.0.1.rebind.test:{port}/', 'address'],
  ['http://metadata.google.internal:{port}/', 'address'],
  ['http://user@127.0.0.1:{port}/', 'credentials'],
  ['http://user:password@127.0.0.1:{port}/', 'credentials'],
  ['http://example.com@127.0.0.1:{port}/', 'credentials'],
  ['http://example.com:80@127.0.0.1:{port}/', 'credentials'],
  ['http://127.0.0.1:22/', 'port'],
  ['http://example.com:6379/', 'port'],
  ['https://example.com:8443/', 'port'],
  ['http://93.184.215.14:25/', 'port'],
  ['ftp://127.0.0.1:{port}/', 'scheme'],
  ['file:///etc/passwd', 'scheme'],
  ['gopher://127.0.0.1:{port}/_x', 'scheme'],
  ['ws://127.0.0.1:{port}/', 'scheme'],
  ['data:text/plain,x', 'scheme'],
  ['javascript:alert(1)', 'scheme'],
  ['unix:/var/run/docker.sock', 'scheme'],
  ['blob:http://127.0.0.1:{port}/x', 'scheme'],
];

describe('a guard', () => {
  let canary: Canary;
  let sixth: Canary;
  let guard: EgressGuard;

  before(async () => {
    canary = await startCanary({ host: '0.0.0.0' });
    sixth = await startCanary({ host: '::1' }).catch(() => canary);
    const resolve = async () => [{ address: '127.0.0.1', family: 4 } as const];
    guard = createEgressGuard({ ports: [80, 443, canary.port, sixth.port], resolve });
  });
  after(async () => {
    await guard.close();
    await canary.close();
    if (sixth !== canary) await sixth.close();
  });

  for (const [text, reason] of cases) {
    it(`refuses ${JSON.stringify(text)} for its ${reason} and sends nothing`, async () => {
      const { port } = text.includes('[') ? sixth : canary;
      const url = new URL(text.replace('{port}', String(port)));
      await assert.rejects(guard.request(url, { method: 'GET' }), forbidden(reason));
      assert.equal(canary.connections() + sixth.connections(), 0);
    });
  }

  it('refuses the same targets when its dispatcher is used past the check', async () => {
    for (const origin of [
      `http://127.0.0.1:${canary.port}`,
      `http://localhost:${canary.port}`,
      `http://[::1]:${sixth.port}`,
    ]) {
      const exchange = guard.dispatcher.request({ origin, path: '/', method: 'GET' });
      await assert.rejects(exchange, forbidden('address'));
    }
    assert.equal(canary.connections() + sixth.connections(), 0);
  });

  it('tells the caller nothing of the address that a name was found at', () => {
    const error = new ForbiddenTargetError('address', '10.1.2.3');
    assert.ok(!error.message.includes('10.1.2.3'));
    assert.equal(error.address, '10.1.2.3');
  });
});

function forbidden(reason: ForbiddenTargetReason) {
  return (error: unknown) => error instanceof ForbiddenTargetError && error.reason === reason;
}
