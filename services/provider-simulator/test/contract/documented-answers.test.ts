import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import type { Fault } from '@4runr/contracts/fault';
import { refreshForm } from '../../src/testing/start-simulator.ts';
import { type FaultySimulator, startFaultySimulator } from '../fixtures/faulty-simulator.ts';
import { assertDocumentedShape, type DocumentedAnswer, type DocumentedStream } from './documented-shape.ts';

let simulator: FaultySimulator;
before(async () => {
  simulator = await startFaultySimulator();
});
after(() => simulator.stop());

const search =
  '/search.json?engine=google&q=Coffee&location=Austin%2C+Texas%2C+United+States&hl=en&gl=us&api_key=k';
const chat = { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hello!' }] };
const tools = [
  {
    type: 'function',
    function: { name: 'get_weather', parameters: { properties: { city: { type: 'string' } } } },
  },
];
const chatPath = '/v1/chat/completions';
const sendPath = '/gmail/v1/users/me/messages/send';
const raw = Buffer.from('From: a@company.com\r\nTo: b@company.com\r\n\r\nHello').toString('base64url');

const readProfile = async (refreshToken: string) => {
  const authorization = `Bearer ${await simulator.accessToken(refreshToken)}`;
  return simulator.request('/gmail/v1/users/me/profile', { headers: { authorization } });
};
const sendMail = async () => simulator.postJson(sendPath, { raw }, await simulator.accessToken());

/** What is answered while a fault hits everything that a tool's provider is asked. */
async function hit(tool: string, fault: Fault, request: () => Promise<Response>): Promise<Response> {
  await simulator.setFault(tool, fault);
  try {
    return await request();
  } finally {
    await simulator.askForFaults(`/${tool}`, { method: 'DELETE' });
  }
}

const error: Fault = { mode: 'error', rate: 1 };
const rateLimit: Fault = { mode: 'rate_limit', rate: 1 };

/** Each documented answer, and the request that is answered with it. */
const contracts: Readonly<Record<string, () => Promise<Response>>> = {
  'serpapi-search': () => simulator.request(search),
  'serpapi-nothing-found': () => simulator.request('/search.json?q=no+results+please&api_key=k'),
  'serpapi-search-bing': () => simulator.request('/search.json?engine=bing&q=Coffee&api_key=k'),
  'serpapi-search-duckduckgo': () => simulator.request('/search.json?engine=duckduckgo&q=Coffee&api_key=k'),
  'serpapi-search-failed': () => simulator.request('/search.json?q=fail+please&api_key=k'),
  'serpapi-error': () => simulator.request('/search.json?q=Coffee&api_key=invalid'),
  'openai-chat-completion': () => simulator.postJson(chatPath, chat, 'key'),
  'openai-tool-calls': () => simulator.postJson(chatPath, { ...chat, tools }, 'key'),
  'openai-invalid-request': () => simulator.postJson(chatPath, { model: 'gpt-4o-mini' }, 'key'),
  'openai-model-not-found': () => simulator.postJson(chatPath, { ...chat, model: 'invalid' }, 'key'),
  'openai-error': () => simulator.postJson(chatPath, chat, 'invalid'),
  'google-token': () => simulator.request('/token', { method: 'POST', body: refreshForm() }),
  'google-token-error': () =>
    simulator.request('/token', { method: 'POST', body: refreshForm({ refresh_token: 'invalid' }) }),
  'google-client-error': () =>
    simulator.request('/token', { method: 'POST', body: refreshForm({ client_id: 'invalid' }) }),
  'gmail-sent': sendMail,
  'gmail-sent-upload': async () =>
    simulator.request(`/upload${sendPath}?uploadType=media`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await simulator.accessToken()}`, 'content-type': 'message/rfc822' },
      body: Buffer.from(raw, 'base64url').toString(),
    }),
  'gmail-profile': () => readProfile('refresh'),
  'gmail-insufficient-scopes': () => readProfile('send-only'),
  'gmail-bad-request': async () => simulator.postJson(sendPath, { raw: 'Rg' }, await simulator.accessToken()),
  'gmail-error': () => simulator.postJson(sendPath, { raw }, 'stale'),
  'serpapi-server-error': () => hit('serpapi', error, () => simulator.request(search)),
  'serpapi-rate-limit': () => hit('serpapi', rateLimit, () => simulator.request(search)),
  'openai-server-error': () => hit('openai', error, () => simulator.postJson(chatPath, chat, 'key')),
  'openai-rate-limit': () => hit('openai', rateLimit, () => simulator.postJson(chatPath, chat, 'key')),
  'gmail-server-error': () => hit('gmail_send', error, sendMail),
  'gmail-rate-limit': () => hit('gmail_send', rateLimit, sendMail),
};

function readFixture<F = DocumentedAnswer>(name: string): F {
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
      if (status >= 400 && !('search_metadata' in (answer as object))) assert.deepEqual(body, answer);
    });
  }
});

/** Each documented stream, and what makes a chat one. */
const streams: Readonly<Record<string, object>> = {
  'openai-chat-stream': {},
  'openai-chat-stream-usage': { stream_options: { include_usage: true } },
  'openai-chat-stream-tools': { tools },
  'openai-chat-stream-error': { model: 'failing' },
};

describe('streamed answers have the shape that OpenAI documents', () => {
  for (const [name, changes] of Object.entries(streams)) {
    const { source, status, first, between, last, isBrokenOff } = readFixture<DocumentedStream>(name);
    it(`${name} (${source})`, async () => {
      const response = await simulator.postJson(chatPath, { ...chat, ...changes, stream: true }, 'key');
      assert.equal(response.status, status);
      assert.match(response.headers.get('content-type') ?? '', /^text\/event-stream/);
      const events = (await response.text()).split('\n\n').map((event) => event.replace(/^data: /, ''));
      assert.equal(events.pop(), '');
      if (isBrokenOff !== true) assert.equal(events.pop(), '[DONE]');
      const chunks: unknown[] = events.map((data) => JSON.parse(data));
      const betweens = chunks.slice(1, -last.length);
      assert.ok(betweens.length > 1, 'bit by bit');
      assertDocumentedShape([chunks[0]], [first]);
      assertDocumentedShape(betweens, [between]);
      for (const [index, chunk] of last.entries())
        assertDocumentedShape(chunks.at(index - last.length), chunk, `/last/${index}`);
      const ids = chunks.flatMap((chunk) => (chunk as { id?: string }).id ?? []);
      assert.equal(new Set(ids).size, 1, 'one id');
    });
  }
});

it('every fixture has an address and a day, and is one that something here is held to', () => {
  const folder = new URL('../fixtures/', import.meta.url);
  const names = readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.replace(/\.json$/, ''));
  assert.deepEqual(names.sort(), [...Object.keys(contracts), ...Object.keys(streams)].sort());
  for (const name of names) {
    const { source, date } = readFixture(name);
    assert.match(source, /^https:\/\//, name);
    assert.match(date, /^20\d\d-[01]\d-[0-3]\d$/, name);
  }
});
