import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { refreshForm, startSimulator, type TestSimulator } from '../../src/testing/start-simulator.ts';
import { assertDocumentedShape, type DocumentedAnswer } from './documented-shape.ts';

let simulator: TestSimulator;
before(async () => {
  simulator = await startSimulator();
});
after(() => simulator.service.stop());

const search =
  '/search.json?engine=google&q=Coffee&location=Austin%2C+Texas%2C+United+States&hl=en&gl=us&api_key=k';
const chat = { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hello!' }] };
const sendPath = '/gmail/v1/users/me/messages/send';
const raw = Buffer.from('From: a@company.com\r\nTo: b@company.com\r\n\r\nHello').toString('base64url');

/** Each documented answer, and the request that is answered with it. */
const contracts: Readonly<Record<string, () => Promise<Response>>> = {
  'serpapi-search': () => simulator.request(search),
  'serpapi-nothing-found': () => simulator.request('/search.json?q=no+results+please&api_key=k'),
  'serpapi-error': () => simulator.request('/search.json?q=Coffee&api_key=invalid'),
  'openai-chat-completion': () => simulator.postJson('/v1/chat/completions', chat, 'key'),
  'openai-error': () => simulator.postJson('/v1/chat/completions', chat, 'invalid'),
  'google-token': () => simulator.request('/token', { method: 'POST', body: refreshForm() }),
  'google-token-error': () =>
    simulator.request('/token', { method: 'POST', body: refreshForm({ refresh_token: 'invalid' }) }),
  'gmail-sent': async () => simulator.postJson(sendPath, { raw }, await simulator.accessToken()),
  'gmail-error': () => simulator.postJson(sendPath, { raw }, 'stale'),
};

function readFixture(name: string): DocumentedAnswer {
  return JSON.parse(readFileSync(new URL(`../fixtures/${name}.json`, import.meta.url), 'utf8'));
}

describe('answers have the shape that the providers document', () => {
  for (const [name, request] of Object.entries(contracts)) {
    const { source, status, answer } = readFixture(name);
    it(`${name} (${source})`, async () => {
      const response = await request();
      assert.equal(response.status, status);
      assert.match(response.headers.get('content-type') ?? '', /^application\/json/);
      const body: unknown = await response.json();
      assertDocumentedShape(body, answer);
      if (status >= 400) assert.deepEqual(body, answer);
    });
  }
});
