/**
 * What the check of a DPoP proof costs, in µs of CPU, its single use (a round trip to Redis) left out:
 * `node packages/service-kit/test/bench/dpop-cost.ts`
 */
import { randomBytes } from 'node:crypto';
import { createDpopNonces, createDpopVerifier } from '../../src/dpop/index.ts';
import { generateProofKey } from '../../src/testing/index.ts';

const rounds = 3_000;
const warmUp = 1_000;
const path = '/v1/tools/serpapi/search';
const baseUrls = ['https://gateway.test', 'http://localhost:8080'];
const accessToken = randomBytes(600).toString('base64url');

const nonces = createDpopNonces(randomBytes(32));
const memory = { id: 'bench', beganAtSeconds: 0 };
const replayGuard = { use: async () => ({ isNew: true, memory }), readMemory: async () => memory };
const verifier = createDpopVerifier({ baseUrls, nonces, replayGuard });

for (const algorithm of ['ES256', 'EdDSA', 'RS256'] as const) {
  const key = await generateProofKey(algorithm);
  const request = {
    method: 'POST',
    url: `${baseUrls[0]}${path}`,
    nonce: nonces.current(memory.id),
    accessToken,
  };
  const proofs = await Promise.all(Array.from({ length: warmUp + rounds }, () => key.prove(request)));
  const verifyAll = async (some: readonly string[]) => {
    for (const proof of some) await verifier.verify({ proofs: [proof], method: 'POST', path, accessToken });
  };
  await verifyAll(proofs.slice(0, warmUp));
  const before = process.cpuUsage();
  await verifyAll(proofs.slice(warmUp));
  const { user, system } = process.cpuUsage(before);
  process.stdout.write(`${algorithm}: ${((user + system) / rounds).toFixed(0)} µs\n`);
}
