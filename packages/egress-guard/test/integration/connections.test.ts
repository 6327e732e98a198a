import assert from 'node:assert/strict';
import type { RequestListener } from 'node:http';
import { describe, it, type TestContext } from 'node:test';
import type { TLSSocket } from 'node:tls';
import {
  createEgressGuard,
  type EgressGuardOptions,
  ForbiddenTargetError,
  type ResolvedAddress,
} from '../../src/index.ts';
import { type Canary, type CanaryOptions, startCanary } from '../../src/testing/canary.ts';
import { createTestAuthority } from '../../src/testing/test-authority.ts';

const loopback: ResolvedAddress = { address: '127.0.0.1', family: 4 };
const publicAddress: ResolvedAddress = { address: '93.184.215.14', family: 4 };
const forbiddenAddress = { name: 'ForbiddenTargetError', reason: 'address' };

/** Answers with what the server saw of host and TLS name. */
const echo: RequestListener = (request, response) => {
  const { servername } = request.socket as TLSSocket;
  response.end(JSON.stringify({ host: request.headers.host, servername, path: request.url }));
};

async function canaryOf(t: TestContext, options: CanaryOptions = {}): Promise<Canary> {
  const canary = await startCanary(options);
  t.after(() => canary.close());
  return canary;
}

function guardOf(t: TestContext, options: EgressGuardOptions) {
  const guard = createEgressGuard(options);
  t.after(() => guard.close());
  return guard;
}

function setEnvironment(t: TestContext, variables: Record<string, string>): void {
  const { env } = process;
  const saved = { ...env };
  Object.assign(env, variables);
  t.after(() => {
    for (const name of Object.keys(variables)) delete env[name];
    Object.assign(env, saved);
  });
}

describe('look-ups', () => {
  it('refuse a name when any one of its addresses is not public', async (t) => {
    const canary = await canaryOf(t);
    const resolve = async () => [publicAddress, loopback];
    const guard = guardOf(t, { ports: [canary.port], resolve });
    await assert.rejects(
      guard.request(new URL(`http://mixed.test:${canary.port}/`), { method: 'GET' }),
      forbiddenAddress,
    );
    assert.equal(canary.connections(), 0);
  });

  it('happen once for a connection, so that a changed answer cannot slip in after the check', async (t) => {
    const canary = await canaryOf(t);
    const answers = [[{ address: '240.0.0.1', family: 4 } as const], [loopback]];
    const asked: string[] = [];
    const resolve = async (hostname: string) => {
      asked.push(hostname);
      return answers[asked.length - 1] ?? [loopback];
    };
    const guard = guardOf(t, { ports: [canary.port], resolve });
    await assert.rejects(
      guard.request(new URL(`http://rebind.test:${canary.port}/`), { method: 'GET' }),
      forbiddenAddress,
    );
    assert.deepEqual(asked, ['rebind.test']);
    assert.equal(canary.connections(), 0);
  });

  it('are judged anew for every connection, so that a name that turns inwards is refused', async (t) => {
    const canary = await canaryOf(t);
    const turning = [publicAddress, loopback];
    const resolve = async () => [turning.shift() ?? loopback];
    const guard = guardOf(t, { ports: [canary.port], resolve, connectTimeoutMs: 50 });
    const url = new URL(`http://turning.test:${canary.port}/`);
    await assert.rejects(
      guard.request(url, { method: 'GET' }),
      (error) => !(error instanceof ForbiddenTargetError),
    );
    await assert.rejects(guard.request(url, { method: 'GET' }), forbiddenAddress);
    assert.equal(canary.connections(), 0);
  });

  it('without an answer are a failure, not a refusal', async (t) => {
    const guard = guardOf(t, { resolve: async () => [] });
    await assert.rejects(guard.request(new URL('http://nowhere.test/'), { method: 'GET' }), {
      code: 'ENOTFOUND',
    });
  });

  it('that hang end with the time for connecting', async (t) => {
    const guard = guardOf(t, { resolve: () => new Promise(() => {}), connectTimeoutMs: 50 });
    const exchange = guard.request(new URL('http://hanging.test/'), { method: 'GET' });
    await assert.rejects(exchange, { code: 'UND_ERR_CONNECT_TIMEOUT' });
  });
});

describe('a request', () => {
  it('ends at once when its signal fires, even while connecting', async (t) => {
    const guard = guardOf(t, { resolve: () => new Promise(() => {}), connectTimeoutMs: 200 });
    const controller = new AbortController();
    const exchange = guard.request(new URL('http://slow.test/'), {
      method: 'GET',
      signal: controller.signal,
    });
    controller.abort();
    await assert.rejects(exchange, { name: 'AbortError' });
  });

  it('does not follow a redirect by itself', async (t) => {
    const inner = await canaryOf(t);
    const location = `http://127.0.0.1:${inner.port}/`;
    const outer = await canaryOf(t, {
      listener: (_request, response) => void response.writeHead(302, { location }).end(),
    });
    const guard = guardOf(t, { allowHosts: [`127.0.0.1:${outer.port}`] });
    const answer = await guard.request(new URL(`http://127.0.0.1:${outer.port}/`), { method: 'GET' });
    assert.equal(answer.statusCode, 302);
    await answer.body.dump();
    assert.equal(inner.connections(), 0);
  });

  it('pays no heed to proxy variables', async (t) => {
    const proxy = await canaryOf(t);
    const server = await canaryOf(t);
    setEnvironment(t, {
      HTTP_PROXY: `http://127.0.0.1:${proxy.port}`,
      http_proxy: `http://127.0.0.1:${proxy.port}`,
      ALL_PROXY: `http://127.0.0.1:${proxy.port}`,
      NODE_USE_ENV_PROXY: '1',
    });
    const guard = guardOf(t, { allowHosts: [`127.0.0.1:${server.port}`] });
    const answer = await guard.request(new URL(`http://127.0.0.1:${server.port}/`), { method: 'GET' });
    assert.equal(await answer.body.text(), 'canary');
    assert.equal(proxy.connections(), 0);
  });
});

describe('allowHosts', () => {
  it('exempts the host and port that it names', async (t) => {
    const canary = await canaryOf(t, { listener: echo });
    const guard = guardOf(t, { allowHosts: [`localhost:${canary.port}`], resolve: async () => [loopback] });
    const answer = await guard.request(new URL(`http://LocalHost:${canary.port}/a?b`), { method: 'GET' });
    assert.deepEqual(await answer.body.json(), { host: `localhost:${canary.port}`, path: '/a?b' });
  });

  it('exempts neither another port, nor another name of the same address', async (t) => {
    const [named, other] = [await canaryOf(t), await canaryOf(t)];
    const guard = guardOf(t, {
      ports: [named.port, other.port],
      allowHosts: [`localhost:${named.port}`],
      resolve: async () => [loopback],
    });
    for (const url of [
      `http://localhost:${other.port}/`,
      `http://other.test:${named.port}/`,
      `http://127.0.0.1:${named.port}/`,
    ]) {
      await assert.rejects(guard.request(new URL(url), { method: 'GET' }), forbiddenAddress, url);
    }
    assert.equal(named.connections() + other.connections(), 0);
  });

  it('does not exempt from the rules on credentials', async (t) => {
    const canary = await canaryOf(t);
    const guard = guardOf(t, { allowHosts: [`127.0.0.1:${canary.port}`] });
    await assert.rejects(guard.request(new URL(`http://a:b@127.0.0.1:${canary.port}/`), { method: 'GET' }), {
      reason: 'credentials',
    });
  });
});

describe('an override', () => {
  const never = async (): Promise<never> => {
    throw new Error('an overridden host must not be looked up');
  };

  it('serves its hosts by one server over http and https, under their own names', async (t) => {
    const authority = await createTestAuthority();
    const tls = await authority.issue(['example.com', '*.wikipedia.org']);
    const plain = await canaryOf(t, { listener: echo });
    const secure = await canaryOf(t, { listener: echo, tls });
    const guard = guardOf(t, { resolve: never, override: overrideBy(plain, secure, authority.ca) });

    const overHttp = await guard.request(new URL('http://example.com/a'), { method: 'GET' });
    assert.deepEqual(await overHttp.body.json(), { host: 'example.com', path: '/a' });
    const overTls = await guard.request(new URL('https://en.wikipedia.org/wiki/A'), { method: 'GET' });
    const seen = { host: 'en.wikipedia.org', servername: 'en.wikipedia.org', path: '/wiki/A' };
    assert.deepEqual(await overTls.body.json(), seen);
  });

  it('still checks the certificate against the name that was asked for', async (t) => {
    const authority = await createTestAuthority();
    const secure = await canaryOf(t, { listener: echo, tls: await authority.issue(['other.test']) });
    const guard = guardOf(t, { resolve: never, override: overrideBy(secure, secure, authority.ca) });
    const exchange = guard.request(new URL('https://example.com/'), { method: 'GET' });
    await assert.rejects(exchange, { code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
  });

  it('trusts its authority for its own hosts alone', async (t) => {
    const authority = await createTestAuthority();
    const secure = await canaryOf(t, { tls: await authority.issue(['localhost']) });
    const guard = guardOf(t, {
      resolve: async () => [loopback],
      allowHosts: [`localhost:${secure.port}`],
      override: overrideBy(secure, secure, authority.ca),
    });
    const exchange = guard.request(new URL(`https://localhost:${secure.port}/`), { method: 'GET' });
    await assert.rejects(exchange, { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' });
  });

  it('leaves every other host and port under the ordinary rules', async (t) => {
    const canary = await canaryOf(t);
    const guard = guardOf(t, { resolve: async () => [loopback], override: overrideBy(canary, canary) });
    for (const url of ['http://wikipedia.org/', 'http://example.com.evil.test/', 'http://www.example.com/']) {
      await assert.rejects(guard.request(new URL(url), { method: 'GET' }), forbiddenAddress, url);
    }
    await assert.rejects(guard.request(new URL('http://example.com:22/'), { method: 'GET' }), {
      reason: 'port',
    });
    assert.equal(canary.connections(), 0);
  });

  it('refuses its hosts over the scheme for which it has no server', async (t) => {
    const canary = await canaryOf(t);
    const guard = guardOf(t, {
      resolve: never,
      override: { hosts: ['example.com'], http: `127.0.0.1:${canary.port}` },
    });
    const exchange = guard.request(new URL('https://example.com/'), { method: 'GET' });
    await assert.rejects(exchange, { reason: 'scheme' });
  });

  function overrideBy(plain: Canary, secure: Canary, ca?: string) {
    const hosts = ['example.com', '*.wikipedia.org'];
    const servers = { http: `127.0.0.1:${plain.port}`, https: `127.0.0.1:${secure.port}` };
    return { hosts, ...servers, ...(ca === undefined ? {} : { ca }) };
  }
});
