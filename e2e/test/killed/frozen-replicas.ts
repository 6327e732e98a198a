import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import type { Stack } from '@4runr/local-stack';
import { sendCall } from '../../proofs/kills/tracked-call.ts';
import type { WatchedMesh } from '../../proofs/kills/watched-mesh.ts';
import { untilSucceeds } from '../../proofs/measure/outage.ts';
import { whileFrozen } from '../mesh/frozen-part.ts';

const role = 'frozen-replicas-agent';
/** At once: as many failures as open a breaker. */
const times = 12;
/** Less than an attempt at a frozen adapter lasts, after which the call is tried again, in milliseconds. */
const roundMsMax = 5_000;
/** A machine that is busy besides has decisions that are late for that; a frozen replica with turns would fail calls of every round. */
const steersClearWithinMs = 30_000;

/** One of two replicas says nothing. Then the other of them, which only the one that was frozen before can stand in for. */
export const testFrozenReplicas = (mesh: () => WatchedMesh, stack: () => Stack) =>
  describe('while one of two replicas is frozen', () => {
    let token: string;

    /** A page that no cache has, of one of two hosts. */
    const getPage = async (number: number) => {
      const url = `https://${number % 2 === 0 ? 'example.com' : 'en.wikipedia.org'}/?${number}-${Math.random()}`;
      return (await sendCall(mesh().calls, token, { tool: 'http_fetch', action: 'get', params: { url } }))
        .code;
    };
    const pids = () =>
      stack()
        .describe()
        .parts.map(({ name, pid }) => [name, pid]);

    before(async () => {
      await mesh().untilWhole();
      await mesh().operator.storePolicy({
        ...{ name: role, subjects: { roles: [role] }, allow: ['http_fetch:get'] },
      });
      token = await (await mesh().operator.enrol(role)).token();
      await untilSucceeds(async () => (await getPage(0)) === '200', 30_000);
    });

    for (const service of ['policy-service', 'adapter-http-fetch'])
      it(`${service}: calls steer clear of it and no host is blamed, whichever it is, without a restart`, async () => {
        const earlier = pids();
        for (const frozen of [service, `${service}-2`])
          await whileFrozen(stack().describe(), frozen, async () => {
            await untilSucceeds(async () => {
              const startedAt = performance.now();
              const codes = await Promise.all(Array.from({ length: times }, (_, number) => getPage(number)));
              assert.ok(!codes.includes('breaker.open'), frozen);
              return codes.every((code) => code === '200') && performance.now() - startedAt < roundMsMax;
            }, steersClearWithinMs);
          });
        assert.deepEqual(pids(), earlier);
      });
  });
