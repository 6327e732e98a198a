/**
 * What a token costs: tokens issued by one auth-service, by each way of authenticating and binding. CPU of auth-service per
 * token is what its capacity is made of; the rate of a run has the clients' signatures and all other parts on the same cores.
 * Checking tokens is measured by `node packages/service-kit/test/bench/access-token.ts`.
 *
 * `npm run prove -- token-cost [tokens of each kind] [concurrency]`
 */
import { randomUUID } from 'node:crypto';
import { clientAssertionType } from '@4runr/contracts/token';
import { createEdgeClient, requestToken, type Stack } from '@4runr/local-stack';
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { Pool } from 'undici';
import { cpuByPart } from './measure/cpu.ts';
import { withStack } from './measure/proof-stack.ts';
import { describeQuantiles } from './measure/quantiles.ts';

const [tokens = 2_000, concurrency = 8] = process.argv.slice(2).map(Number);
const warmUp = 300;

/** What a client sends for one token. */
type Prepare = () => Promise<{ form: Record<string, string>; headers?: Record<string, string> }>;

const environment = { TOKEN_RATE_CLIENT: '0', DPOP_NONCE: 'off' };
await withStack({ environment }, async (stack) => {
  const { edge, operator } = stack.describe();
  const client = createEdgeClient({ url: edge.https, caFile: edge.ca });
  const operatorToken = await requestToken(client, operator);
  const enrol = async (agent: object) => {
    const json = { name: 'token cost', role: 'scraper', ...agent };
    const { body } = await client.send('/v1/agents', { method: 'POST', token: operatorToken, json });
    return body as { clientId: string; clientSecret: string };
  };
  const kinds: Readonly<Record<string, Prepare>> = {
    'private_key_jwt, RS256': await byAssertion(enrol, edge.https, 'RS256'),
    'private_key_jwt, ES256': await byAssertion(enrol, edge.https, 'ES256'),
    client_secret_basic: await bySecret(enrol),
    'client_secret_basic, bound (DPoP, ES256)': await withProof(await bySecret(enrol), edge.http),
  };
  console.log(`${tokens} tokens of each kind, ${concurrency} at a time, through the edge over plain HTTP.\n`);
  console.log('| kind | auth-service: CPU per token | tokens/s per core of it | all parts: CPU | latency |');
  console.log('|---|---|---|---|---|');
  for (const [kind, prepare] of Object.entries(kinds)) await measure(stack, kind, prepare);
  await client.close();
});

async function measure(stack: Stack, kind: string, prepare: Prepare): Promise<void> {
  const pool = new Pool(stack.describe().edge.http, { connections: concurrency });
  await issue(pool, prepare, warmUp);
  const before = cpuByPart(stack.describe());
  const latencies = await issue(pool, prepare, tokens);
  const after = cpuByPart(stack.describe());
  await pool.close();
  const usOf = (part: string) => ((after.get(part) ?? 0) - (before.get(part) ?? 0)) / tokens;
  const all = [...after.keys()].reduce((sum, part) => sum + usOf(part), 0);
  const own = usOf('auth-service');
  console.log(
    `| ${kind} | ${own.toFixed(0)} µs | ${(1_000_000 / own).toFixed(0)} | ${all.toFixed(0)} µs | ${describeQuantiles(latencies, 'ms')} |`,
  );
}

/** Milliseconds of each request; what the client signs is signed before. */
async function issue(pool: Pool, prepare: Prepare, count: number): Promise<number[]> {
  const latencies: number[] = [];
  let left = count;
  async function worker(): Promise<void> {
    while (left > 0) {
      left -= 1;
      const { form, headers } = await prepare();
      const startedAt = performance.now();
      const { statusCode, body } = await pool.request({
        method: 'POST',
        path: '/oauth/token',
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
        body: new URLSearchParams({ grant_type: 'client_credentials', ...form }).toString(),
      });
      const text = await body.text();
      if (statusCode !== 200) throw new Error(`${statusCode} ${text}`);
      latencies.push(performance.now() - startedAt);
    }
  }
  await Promise.all(Array.from({ length: concurrency }, worker));
  return latencies;
}

type Enrol = (agent: object) => Promise<{ clientId: string; clientSecret: string }>;

async function byAssertion(enrol: Enrol, audience: string, alg: 'RS256' | 'ES256'): Promise<Prepare> {
  const { publicKey, privateKey } = await generateKeyPair(alg);
  const { clientId } = await enrol({ jwks: { keys: [await exportJWK(publicKey)] } });
  return async () => {
    const assertion = new SignJWT({ iss: clientId, sub: clientId, aud: audience, jti: randomUUID() });
    const signed = assertion.setExpirationTime('1m').setProtectedHeader({ alg });
    return {
      form: { client_assertion_type: clientAssertionType, client_assertion: await signed.sign(privateKey) },
    };
  };
}

async function bySecret(enrol: Enrol): Promise<Prepare> {
  const { clientId, clientSecret } = await enrol({ authMethod: 'client_secret_basic' });
  const authorization = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`;
  return async () => ({ form: {}, headers: { authorization } });
}

async function withProof(prepare: Prepare, edgeUrl: string): Promise<Prepare> {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const jwk = await exportJWK(publicKey);
  return async () => {
    const { form, headers } = await prepare();
    return {
      form,
      headers: { ...headers, dpop: await prove(privateKey, { jwk, htu: `${edgeUrl}/oauth/token` }) },
    };
  };
}

function prove(key: CryptoKey, { jwk, htu }: { jwk: object; htu: string }): Promise<string> {
  return new SignJWT({ jti: randomUUID(), htm: 'POST', htu })
    .setIssuedAt()
    .setProtectedHeader({ typ: 'dpop+jwt', alg: 'ES256', jwk })
    .sign(key);
}
