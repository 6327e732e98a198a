import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import type { Stack } from '@4runr/local-stack';
import { sendCall } from '../../proofs/kills/tracked-call.ts';
import type { WatchedMesh } from '../../proofs/kills/watched-mesh.ts';
import { untilSucceeds } from '../../proofs/measure/outage.ts';
import { whileFrozen } from '../mesh/frozen-part.ts';

const role = 'frozen-replicas-agent';
const rounds = 3;
/** At once: as many failures as open a breaker, if they were one. */
const times = 20;

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
      it(`${service}: no call fails and no host is blamed, whichever it is, without a restart`, async () => {
        const earlier = pids();
        for (const frozen of [service, `${service}-2`])
          await whileFrozen(stack().describe(), frozen, async () => {
            for (let round = 0; round < rounds; round += 1) {
              const codes = await Promise.all(Array.from({ length: times }, (_, number) => getPage(number)));
              assert.deepEqual(new Set(codes), new Set(['200']), `${frozen}, round ${round}`);
            }
          });
        assert.deepEqual(pids(), earlier);
      });
  });
