import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { before, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { generateProofKey, type ProofKey } from '@4runr/service-kit/testing';
import { OpenAI } from 'openai';
import { Agent, fetch as fetchOverTls } from 'undici';
import { enrolAgent, registerAgent } from './mesh/agents.ts';
import { ask, edgeCertificates, stack } from './mesh/gateway.ts';
import { storePolicy } from './mesh/policies.ts';
import { answersOf } from './mesh/simulator.ts';

const role = 'e2e-chatting-over-tls';
const baseURL = `${stack().edge.https}/openai/v1`;
const question = {
  model: 'gpt-4o-mini',
  messages: [{ role: 'user' as const, content: 'Why is the sky blue?' }],
};
const answered = 'In short: Why is the sky blue?';

before(() => storePolicy({ name: role, subjects: { roles: [role] }, allow: ['openai:chat'] }));

async function untilAllowed(list: () => Promise<{ status: number }>): Promise<void> {
  const deadline = AbortSignal.timeout(5_000);
  while ((await list()).status !== 200) {
    deadline.throwIfAborted();
    await wait(50);
  }
}

describe('an OpenAI library over HTTPS', () => {
  it('needs to trust the edge’s authority, and nothing else', async () => {
    const token = await enrolAgent(role);
    await untilAllowed(() => ask('/v1/tools/openai', { headers: { authorization: `Bearer ${token}` } }));
    const script = fileURLToPath(new URL('mesh/chat-as-documented.ts', import.meta.url));
    const environment = { OPENAI_BASE_URL: baseURL, OPENAI_API_KEY: token };
    const run = (more: Record<string, string>) =>
      promisify(execFile)(process.execPath, [script], { env: { ...environment, ...more } });
    const { stdout } = await run({ NODE_EXTRA_CA_CERTS: stack().edge.ca });
    assert.deepEqual(JSON.parse(stdout), { whole: answered, streamed: answered });
    const answers = await answersOf('openai', 200);
    await assert.rejects(run({}), /Connection error|certificate/);
    assert.equal(await answersOf('openai', 200), answers);
  });
});

describe('an OpenAI library with a token that is bound to a key', () => {
  let key: ProofKey;
  let nonce: string;
  let token: string;
  const dispatcher = new Agent({ connect: { ca: edgeCertificates } });
  const proofFor = (method: string, url: string) => key.prove({ method, url, nonce, accessToken: token });

  before(async () => {
    key = await generateProofKey();
    const agent = await registerAgent({ role, authMethod: 'client_secret_basic' });
    assert.ok('clientSecret' in agent);
    const basic = Buffer.from(`${agent.clientId}:${agent.clientSecret}`).toString('base64');
    const askForToken = async () =>
      ask('/oauth/token', {
        method: 'POST',
        headers: {
          authorization: `Basic ${basic}`,
          'content-type': 'application/x-www-form-urlencoded',
          dpop: await key.prove({ method: 'POST', url: `${stack().edge.https}/oauth/token`, nonce }),
        },
        body: 'grant_type=client_credentials',
      });
    nonce = String((await askForToken()).headers['dpop-nonce']);
    token = String(((await askForToken()).json as { access_token?: string }).access_token);
    await untilAllowed(async () => {
      const dpop = await proofFor('GET', `${stack().edge.https}/v1/tools/openai`);
      return ask('/v1/tools/openai', { headers: { authorization: `DPoP ${token}`, dpop } });
    });
  });

  const clientOf = (fetch: typeof globalThis.fetch) =>
    new OpenAI({ baseURL, apiKey: token, maxRetries: 0, fetch });

  it('is refused as it is: it shows the token as a bearer’s', async () => {
    const plain = clientOf(((url: string, init: object) =>
      fetchOverTls(url, { ...init, dispatcher })) as never);
    await assert.rejects(plain.chat.completions.create(question), { status: 401, code: 'token.invalid' });
  });

  it('works, streams too, with a fetch that proves the key for each request', async () => {
    const proving = async (url: string, init: { method?: string; headers?: Headers }) => {
      const headers = new Headers(init.headers);
      headers.set('authorization', `DPoP ${token}`);
      headers.set('dpop', await proofFor(init.method ?? 'GET', url));
      return fetchOverTls(url, { ...init, headers: Object.fromEntries(headers), dispatcher } as never);
    };
    const openai = clientOf(proving as never);
    const whole = await openai.chat.completions.create(question);
    assert.equal(whole.choices[0]?.message.content, answered);
    let text = '';
    for await (const chunk of await openai.chat.completions.create({ ...question, stream: true }))
      text += chunk.choices[0]?.delta.content ?? '';
    assert.equal(text, answered);
  });
});
