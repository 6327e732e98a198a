/**
 * CPU time of what a call costs inside the mesh: mesh tokens and permits made and checked, with two generations of keys as
 * during a rotation. Prints the median of the rounds.
 *
 *     node packages/service-kit/test/bench/mesh-cost.ts
 */
import type { MeshKey } from '@4runr/contracts/mesh';
import {
  createMeshCallerVerifier,
  createMeshKeyring,
  createMeshTokenSource,
  deriveMeshKey,
  hashParams,
  signPermit,
  verifyMeshToken,
  verifyPermit,
} from '../../src/mesh/index.ts';

const warmUp = 20_000;
const times = 100_000;
const rounds = 7;

const root = Buffer.alloc(32, 7);
const keysOf = (caller: string, audience: string): MeshKey[] =>
  ['local-2', 'local-1'].map((kid) => deriveMeshKey(root, { caller, audience, kid }));
const proxy = createMeshKeyring('proxy-service', keysOf('proxy-service', 'adapter-openai'));
const policy = createMeshKeyring('policy-service', keysOf('policy-service', 'adapter-openai'));
const adapter = createMeshKeyring('adapter-openai', [
  ...keysOf('proxy-service', 'adapter-openai'),
  ...keysOf('policy-service', 'adapter-openai'),
]);

const params = { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hello, how are you today?' }] };
const subject = { scope: 'openai:chat', callId: 'call_0123456789abcdef', params };
const grant = {
  scope: subject.scope,
  callId: subject.callId,
  aud: 'adapter-openai',
  sub: 'agt_0123456789abcdef',
  decisionId: 'dec_0123456789abcdef',
  paramsSha256: hashParams(params),
  obligations: [],
};
const startedAt = Date.now();
/** Stands still: on a slow machine the rounds take longer than a token lives. */
const clock = () => startedAt;
const tokenFor = createMeshTokenSource(proxy, clock);
const token = tokenFor('adapter-openai');
const knownCaller = createMeshCallerVerifier(adapter, clock);
const permit = signPermit(policy, grant, clock);

const work: Readonly<Record<string, () => unknown>> = {
  'making a mesh token (cached)': () => tokenFor('adapter-openai'),
  'making a mesh token': () => createMeshTokenSource(proxy)('adapter-openai'),
  'checking a mesh token': () => verifyMeshToken(adapter, token, clock),
  'checking a mesh token (known)': () => knownCaller(token),
  'signing a permit': () => signPermit(policy, grant),
  'checking a permit, with the hash of its parameters': () => verifyPermit(adapter, permit, subject, clock),
};

for (const [what, run] of Object.entries(work)) {
  repeat(run, warmUp);
  const micros = Array.from({ length: rounds }, () => cpuMicros(() => repeat(run, times)) / times);
  const median = micros.sort((a, b) => a - b)[rounds >> 1] ?? 0;
  process.stdout.write(`${median.toFixed(2).padStart(8)} µs  ${what}\n`);
}

function repeat(run: () => unknown, count: number): void {
  for (let index = 0; index < count; index += 1) run();
}

function cpuMicros(run: () => void): number {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}
