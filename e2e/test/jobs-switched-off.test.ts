import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createEdgeClient, requestToken, type Stack } from '@4runr/local-stack';
import { request } from 'undici';
import { startProofStack } from '../proofs/measure/proof-stack.ts';

describe('with FF_ASYNC=off', () => {
  let stack: Stack & AsyncDisposable;
  let token: string;

  before(async () => {
    stack = await startProofStack({ environment: { FF_ASYNC: 'off' } });
    const { edge, agents } = stack.describe();
    const client = createEdgeClient({ url: edge.https, caFile: edge.ca });
    token = await requestToken(client, agents.scraper);
    await client.close();
  });
  after(() => stack?.[Symbol.asyncDispose]());

  const ask = (method: 'GET' | 'POST', path: string, body?: string) =>
    request(`${stack.describe().edge.http}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        prefer: 'respond-async',
      },
      ...(body === undefined ? {} : { body }),
    });

  it('every call is answered at once, whatever it prefers, and there are no jobs', async () => {
    const answer = await ask('POST', '/v1/tools/serpapi/search', '{"q":"tea"}');
    assert.equal(answer.statusCode, 200);
    assert.equal(answer.headers['preference-applied'], undefined);
    assert.equal(((await answer.body.json()) as { meta: { tool: string } }).meta.tool, 'serpapi');
    const none = await ask('GET', '/v1/jobs/job_6f6a7dd0-5c0b-4c3c-9a58-0b8f3f1d7a10');
    assert.deepEqual(
      [none.statusCode, ((await none.body.json()) as { code: string }).code],
      [404, 'route.unknown'],
    );
  });
});
