import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import type { CreateAgentResponse } from '@4runr/contracts/agent';
import { oauthErrorSchema } from '@4runr/contracts/token';
import {
  type AuthServiceUnderTest,
  basicHeaders,
  headerForm,
  issuer,
  postToken,
  registerAgent,
  startAuthService,
} from '../fixtures/auth-service-under-test.ts';
import { generateClientKey, tokenForm } from '../fixtures/client-key.ts';

const perClient = 5;
const perAddress = 12;
const failuresMax = 3;

let service: AuthServiceUnderTest;
before(async () => {
  service = await startAuthService();
});
after(() => service.stop());

const startLimited = (change = {}) =>
  service.startReplica({
    TOKEN_RATE_CLIENT: String(perClient),
    TOKEN_RATE_ADDRESS: String(perAddress),
    TOKEN_RATE_FAILURES: String(failuresMax),
    ...change,
  });

const unlimitedAddress = { TOKEN_RATE_ADDRESS: '0' };

const registerWithSecret = () => registerAgent(service, [], { authMethod: 'client_secret_basic' });

let lastAddress = Math.floor(Math.random() * 250) * 250;
/** One that nothing has come from yet; RFC 2544 keeps these for tests. */
function newAddress(): string {
  lastAddress += 1;
  return `198.18.${Math.floor(lastAddress / 250)}.${lastAddress % 250}`;
}

type Attempt = { agent: CreateAgentResponse; address: string; secret?: string };
const ask = (url: string, { agent, address, secret = agent.clientSecret ?? '' }: Attempt) =>
  postToken(url, headerForm(), { ...basicHeaders(agent.clientId, secret), 'x-forwarded-for': address });

async function statusesOf(times: number, attempt: (index: number) => Promise<Response>): Promise<number[]> {
  const statuses: number[] = [];
  for (let index = 0; index < times; index += 1) {
    const response = await attempt(index);
    await response.arrayBuffer();
    statuses.push(response.status);
  }
  return statuses;
}

const times = (count: number, status: number) => Array.from({ length: count }, () => status);

async function assertLimited(response: Response): Promise<void> {
  assert.equal(response.status, 429);
  const seconds = Number(response.headers.get('retry-after'));
  assert.ok(seconds >= 1 && seconds <= 60, `${seconds} s`);
  assert.equal(response.headers.get('cache-control'), 'no-store');
  assert.equal(oauthErrorSchema.parse(await response.json()).error, 'temporarily_unavailable');
}

describe('the requests of one client', () => {
  it('are limited over all replicas and addresses, and leave other clients alone', async () => {
    const replicas = await Promise.all([startLimited(), startLimited()]);
    const [agent, other] = await Promise.all([registerWithSecret(), registerWithSecret()]);
    const urlOf = (index: number) => replicas[index % 2]?.url ?? '';
    const asked = await statusesOf(perClient, (index) => ask(urlOf(index), { agent, address: newAddress() }));
    assert.deepEqual(asked, times(perClient, 200));
    for (const index of [0, 1])
      await assertLimited(await ask(urlOf(index), { agent, address: newAddress() }));
    assert.equal((await ask(urlOf(0), { agent: other, address: newAddress() })).status, 200);
  });

  it('cannot be used up by who does not hold its secret', async () => {
    const { url } = await startLimited({ TOKEN_RATE_FAILURES: '0' });
    const agent = await registerWithSecret();
    const wrong = await statusesOf(2 * perClient, () =>
      ask(url, { agent, address: newAddress(), secret: 'guess' }),
    );
    assert.deepEqual(wrong, times(2 * perClient, 401));
    assert.equal((await ask(url, { agent, address: newAddress() })).status, 200);
  });

  it('begin anew when the window has ended', async () => {
    const { url } = await startLimited();
    const agent = await registerWithSecret();
    await statusesOf(perClient, () => ask(url, { agent, address: newAddress() }));
    await assertLimited(await ask(url, { agent, address: newAddress() }));
    const digest = createHash('sha256').update(agent.clientId).digest('base64url');
    const key = `auth:rate:client:${digest}`;
    const ttlMs = await service.redis.client.pTTL(key);
    assert.ok(ttlMs > 0 && ttlMs <= 60_000, `${ttlMs} ms`);
    await service.redis.client.pExpireAt(key, 1);
    assert.equal((await ask(url, { agent, address: newAddress() })).status, 200);
  });

  it('are those for tokens alone: asking after tokens, or ending them, uses none of them up', async () => {
    const { url } = await startLimited(unlimitedAddress);
    const agent = await registerWithSecret();
    for (const endpoint of ['introspect', 'revoke']) {
      const asked = await statusesOf(2 * perClient, () =>
        fetch(`${url}/oauth/${endpoint}`, {
          method: 'POST',
          body: new URLSearchParams({ token: 'garbage' }),
          headers: basicHeaders(agent.clientId, agent.clientSecret ?? ''),
        }),
      );
      assert.deepEqual(asked, times(2 * perClient, 200));
    }
    assert.equal((await ask(url, { agent, address: newAddress() })).status, 200);
  });
});

describe('the requests from one address', () => {
  it('are limited whoever they claim to be of, before anything of them is looked at', async () => {
    const { url } = await startLimited();
    const [address, other] = [newAddress(), newAddress()];
    const send = (from: string) =>
      fetch(`${url}/oauth/token`, { method: 'POST', headers: { 'x-forwarded-for': from } });
    assert.deepEqual(await statusesOf(perAddress, () => send(address)), times(perAddress, 400));
    await assertLimited(await send(address));
    assert.equal((await send(other)).status, 400);
  });

  it('are not limited on this machine', async () => {
    const { url } = await startLimited();
    for (const loopback of ['127.0.0.1', '::1']) {
      const send = () =>
        fetch(`${url}/oauth/token`, { method: 'POST', headers: { 'x-forwarded-for': loopback } });
      assert.deepEqual(await statusesOf(2 * perAddress, send), times(2 * perAddress, 400));
    }
  });
});

describe('failures to authenticate', () => {
  it('as one client from one address are answered 401 up to the limit, and 429 beyond it', async () => {
    const { url } = await startLimited();
    const agent = await registerWithSecret();
    const guess = { agent, address: newAddress(), secret: 'guess' };
    const guesses = await statusesOf(failuresMax, () => ask(url, guess));
    assert.deepEqual(guesses, times(failuresMax, 401));
    await assertLimited(await ask(url, guess));
  });

  it('are limited to the last one however many are sent at a time, to whichever replica', async () => {
    const replicas = await Promise.all([startLimited(unlimitedAddress), startLimited(unlimitedAddress)]);
    const guess = { agent: await registerWithSecret(), address: newAddress(), secret: 'guess' };
    const statuses = await Promise.all(
      Array.from({ length: 60 }, async (_, index) => {
        const response = await ask(replicas[index % 2]?.url ?? '', guess);
        await response.arrayBuffer();
        return response.status;
      }),
    );
    assert.deepEqual(statuses.sort(), [...times(failuresMax, 401), ...times(60 - failuresMax, 429)]);
  });

  it('keep no right secret from passing, from the same address either', async () => {
    const { url } = await startLimited();
    const agent = await registerWithSecret();
    const address = newAddress();
    await statusesOf(failuresMax + 1, () => ask(url, { agent, address, secret: 'guess' }));
    assert.equal((await ask(url, { agent, address })).status, 200);
    await assertLimited(await ask(url, { agent, address, secret: 'guess' }));
  });

  it('of somebody else elsewhere lock nobody out', async () => {
    const { url } = await startLimited();
    const agent = await registerWithSecret();
    const elsewhere = newAddress();
    await statusesOf(failuresMax + 1, () => ask(url, { agent, address: elsewhere, secret: 'guess' }));
    assert.equal((await ask(url, { agent, address: newAddress() })).status, 200);
  });

  it('as another client from the same address lock nobody out', async () => {
    const { url } = await startLimited();
    const [agent, guessed] = await Promise.all([registerWithSecret(), registerWithSecret()]);
    const address = newAddress();
    await statusesOf(failuresMax + 1, () => ask(url, { agent: guessed, address, secret: 'guess' }));
    assert.equal((await ask(url, { agent, address })).status, 200);
  });

  it('by assertions are limited likewise, and keep no right key from passing', async () => {
    const { url } = await startLimited();
    const key = await generateClientKey();
    const agent = await registerAgent(service, [key]);
    const stranger = await generateClientKey();
    const headers = { 'x-forwarded-for': newAddress() };
    const send = async (by: typeof key) =>
      postToken(url, tokenForm(await by.assert(agent.clientId, issuer)), headers);
    assert.deepEqual(await statusesOf(failuresMax, () => send(stranger)), times(failuresMax, 401));
    await assertLimited(await send(stranger));
    assert.equal((await send(key)).status, 200);
  });

  it('of assertions that nobody has signed, or of wrong claims, count against nobody', async () => {
    const { url } = await startLimited(unlimitedAddress);
    const key = await generateClientKey();
    const agent = await registerAgent(service, [key]);
    const headers = { 'x-forwarded-for': newAddress() };
    const send = (assertion: string) => postToken(url, tokenForm(assertion), headers);
    const signed = await key.assert(agent.clientId, issuer);
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${signed.split('.')[1]}.`;
    const expired = await key.assert(agent.clientId, issuer, { claims: { exp: 1 } });
    for (const assertion of [unsigned, expired])
      assert.deepEqual(await statusesOf(2 * failuresMax, () => send(assertion)), times(2 * failuresMax, 401));
    const stranger = await generateClientKey();
    assert.equal((await send(await stranger.assert(agent.clientId, issuer))).status, 401);
    assert.equal((await send(signed)).status, 200);
  });

  it('are all the same for clients that exist and clients that do not', async () => {
    const { url } = await startLimited();
    const agent = await registerWithSecret();
    const unknown = { ...agent, clientId: 'agt_unknown' };
    for (const named of [agent, unknown]) {
      const address = newAddress();
      const guess = () => ask(url, { agent: named, address, secret: 'guess' });
      assert.deepEqual(await statusesOf(failuresMax + 1, guess), [...times(failuresMax, 401), 429]);
    }
  });
});
