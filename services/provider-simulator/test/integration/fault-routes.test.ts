import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { faultExample, faultListSchema, faultSchema, shortFaultExample } from '@4runr/contracts/fault';
import { type Problem, problemSchema } from '@4runr/contracts/problem';
import { generateProofKey, testRedisUrl, writeRevocation } from '@4runr/service-kit/testing';
import { startSimulator } from '../../src/testing/start-simulator.ts';
import { type FaultySimulator, startFaultySimulator } from '../fixtures/faulty-simulator.ts';
import { issuer } from '../fixtures/token-issuer.ts';

let simulator: FaultySimulator;
before(async () => {
  simulator = await startFaultySimulator();
});
after(() => simulator.stop());

async function assertProblem(answer: Response, status: number, code: string): Promise<Problem> {
  const problem = problemSchema.parse(await answer.json());
  assert.deepEqual([answer.status, problem.code], [status, code]);
  return problem;
}

const put = (tool: string, body: unknown) => simulator.askForFaults(`/${tool}`, { method: 'PUT', body });

describe('/v1/faults/{tool}', () => {
  it('sets a fault, replaces it, shows it as it was given, and takes it back', async () => {
    const created = await put('serpapi', faultExample);
    assert.deepEqual([created.status, await created.json()], [201, faultExample]);
    const replaced = await put('serpapi', shortFaultExample);
    assert.deepEqual([replaced.status, await replaced.json()], [200, shortFaultExample]);
    const shown = await simulator.askForFaults('/serpapi');
    assert.deepEqual([shown.status, faultSchema.parse(await shown.json())], [200, shortFaultExample]);
    for (const _again of [1, 2]) {
      assert.equal((await simulator.askForFaults('/serpapi', { method: 'DELETE' })).status, 204);
    }
    await assertProblem(await simulator.askForFaults('/serpapi'), 404, 'tool.unknown');
  });

  it('knows the tools whose providers are played, and no others', async () => {
    for (const tool of ['serpapi', 'openai', 'gmail_send', 'http_fetch'])
      assert.ok((await put(tool, shortFaultExample)).ok, tool);
    for (const tool of ['wikipedia', 'web', 'SERPAPI', 'constructor', '__proto__', '%00']) {
      await assertProblem(await put(tool, shortFaultExample), 404, 'tool.unknown');
      await assertProblem(await simulator.askForFaults(`/${tool}`), 404, 'tool.unknown');
      await assertProblem(
        await simulator.askForFaults(`/${tool}`, { method: 'DELETE' }),
        404,
        'tool.unknown',
      );
    }
    const list = faultListSchema.parse(await (await simulator.askForFaults('')).json());
    assert.deepEqual(
      list.items.map(({ tool, fault }) => [tool, fault]),
      ['serpapi', 'openai', 'gmail_send', 'http_fetch'].map((tool) => [tool, shortFaultExample]),
    );
  });

  it('says of every fault of a body where it is, and leaves what was set', async () => {
    await put('openai', shortFaultExample);
    const answer = await put('openai', { mode: 'explode', rate: 2, latencyMs: -1, delay: 1 });
    const { errors } = await assertProblem(answer, 422, 'params.invalid');
    assert.deepEqual(errors?.map(({ pointer }) => pointer).sort(), [
      '/delay',
      '/latencyMs',
      '/mode',
      '/rate',
    ]);
    assert.deepEqual(await (await simulator.askForFaults('/openai')).json(), shortFaultExample);
  });

  it('refuses a status that the mode cannot answer with', async () => {
    const { errors } = await assertProblem(
      await put('openai', { mode: 'reset', rate: 1, status: 500 }),
      422,
      'params.invalid',
    );
    assert.deepEqual(
      errors?.map(({ pointer }) => pointer),
      ['/status'],
    );
  });

  it('refuses a missing body, and other methods', async () => {
    await assertProblem(await simulator.askForFaults('/serpapi', { method: 'PUT' }), 400, 'request.invalid');
    const posted = await simulator.askForFaults('/serpapi', { method: 'POST', body: shortFaultExample });
    await assertProblem(posted, 405, 'method.unsupported');
    assert.equal(posted.headers.get('allow'), 'GET, HEAD, PUT, DELETE');
  });

  it('is for operators whose token carries faults:write, and nobody else', async () => {
    const ask = (method: string, authorization: string) =>
      simulator.askForFaults('/serpapi', {
        method,
        authorization,
        ...(method === 'PUT' ? { body: shortFaultExample } : {}),
      });
    const agent = `Bearer ${await simulator.tokens.token({ role: 'scraper' })}`;
    const otherOperator = `Bearer ${await simulator.tokens.token({ scope: 'agents:write policies:write' })}`;
    await simulator.askForFaults('/serpapi', { method: 'DELETE' });
    for (const method of ['GET', 'PUT', 'DELETE']) {
      await assertProblem(await ask(method, ''), 401, 'token.missing');
      await assertProblem(await ask(method, 'Bearer a.b.c'), 401, 'token.invalid');
      await assertProblem(await ask(method, agent), 403, 'scope.insufficient');
      await assertProblem(await ask(method, otherOperator), 403, 'scope.insufficient');
    }
    await assertProblem(await simulator.askForFaults('/serpapi'), 404, 'tool.unknown');
  });

  it('takes a token that is bound to a key from whoever holds it, and from nobody else', async () => {
    const key = await generateProofKey();
    const accessToken = await simulator.tokens.token({ cnf: { jkt: key.jkt } });
    const ask = async (nonce?: string) => {
      const dpop = await key.prove({ method: 'GET', url: `${issuer}/v1/faults`, nonce, accessToken });
      return simulator.request('/v1/faults', { headers: { authorization: `DPoP ${accessToken}`, dpop } });
    };
    const withoutNonce = await ask();
    assert.equal(withoutNonce.status, 401);
    assert.equal((await ask(withoutNonce.headers.get('dpop-nonce') ?? '')).status, 200);
    const asBearer = await simulator.askForFaults('', { authorization: `Bearer ${accessToken}` });
    await assertProblem(asBearer, 401, 'token.invalid');
  });

  it('is closed to an operator whose token was revoked', async () => {
    const authorization = `Bearer ${await simulator.tokens.token({ jti: 'tok_revoked' })}`;
    assert.equal((await simulator.askForFaults('', { authorization })).status, 200);
    const expiresAt = Math.floor(Date.now() / 1_000) + 900;
    await writeRevocation(simulator.redis, { kind: 'token', jti: 'tok_revoked', exp: expiresAt });
    while ((await simulator.askForFaults('', { authorization })).status === 200);
    await assertProblem(await simulator.askForFaults('', { authorization }), 401, 'token.revoked');
  });
});

describe('where faults are not switched on', () => {
  const environments: Readonly<Record<string, Record<string, string>>> = {
    'FF_CHAOS is off': {},
    'UPSTREAM_MODE is live': { UPSTREAM_MODE: 'live', FF_CHAOS: 'on' },
  };
  for (const [what, environment] of Object.entries(environments)) {
    it(`because ${what}, there is nothing at their paths, whoever asks`, async (t) => {
      const { service, request } = await startSimulator({
        ...environment,
        PUBLIC_URL: issuer,
        AUTH_SERVICE_URL: simulator.tokens.url,
        REDIS_URL: testRedisUrl(),
      });
      t.after(() => service.stop());
      const authorization = `Bearer ${await simulator.tokens.token()}`;
      for (const path of ['/v1/faults', '/v1/faults/serpapi', '/v1/faults/wikipedia']) {
        for (const method of ['GET', 'PUT', 'DELETE']) {
          const answer = await request(path, { method, headers: { authorization } });
          await assertProblem(answer, 404, 'route.unknown');
        }
      }
    });
  }
});
