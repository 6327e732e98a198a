import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import { followReplicas } from './replica-origins.ts';

const closers: (() => unknown)[] = [];
const kit = {
  logger: pino({ enabled: false }),
  onClose: (_name: string, close: () => unknown) => void closers.push(close),
};

/** Resolves as soon as the origins are these; the test runner ends a wait without end. */
async function until(origins: () => readonly string[], wanted: readonly string[]): Promise<void> {
  while (JSON.stringify(origins()) !== JSON.stringify(wanted)) await delay(1);
}

describe('the replicas behind a URL', () => {
  afterEach(() => Promise.all(closers.splice(0).map((close) => close())));

  it('are as many as its name has addresses, as they come and go', async () => {
    let addresses = ['10.0.0.2'];
    const lookUp = async () => addresses;
    const origins = followReplicas(kit, ['http://policy:4002'], { lookUp, everyMs: 1 });
    await until(origins, ['http://10.0.0.2:4002']);
    addresses = ['10.0.0.3', '10.0.0.2', 'fd00::1'];
    await until(origins, ['http://10.0.0.2:4002', 'http://10.0.0.3:4002', 'http://[fd00::1]:4002']);
    addresses = ['10.0.0.3'];
    await until(origins, ['http://10.0.0.3:4002']);
  });

  it('stay those of before while the name cannot be looked up', async () => {
    let asked = 0;
    const lookUp = async () => {
      if (asked++ > 0) throw new Error('ENOTFOUND');
      return ['10.0.0.2'];
    };
    const origins = followReplicas(kit, ['http://policy:4002'], { lookUp, everyMs: 1 });
    while (asked < 3) await delay(1);
    assert.deepEqual(origins(), ['http://10.0.0.2:4002']);
  });

  it('are the URL itself for an address, and for https, whose certificates are for names', () => {
    const lookUp = () => assert.fail('nothing is looked up');
    const urls = ['http://127.0.0.1:4002', 'http://[::1]:4002', 'https://policy.test'];
    assert.deepEqual(followReplicas(kit, urls, { lookUp })(), urls);
  });
});
