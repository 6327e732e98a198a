import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { callResponseSchema, toolListSchema } from '@4runr/contracts/call';
import type { AgentName } from '@4runr/local-stack';
import { e2e } from './mesh/config.ts';
import { ask, callTool, problemOf, tokenOf } from './mesh/gateway.ts';
import { mailsWith } from './mesh/simulator.ts';

const calls: [action: string, by: AgentName, params: Record<string, unknown>, shows: RegExp][] = [
  ['serpapi/search', 'scraper', { q: 'tea' }, /organic_results/],
  ['http_fetch/get', 'scraper', { url: 'https://example.com/' }, /example\.com/],
  ['http_fetch/head', 'scraper', { url: 'https://en.wikipedia.org/wiki/Tea' }, /200/],
  [
    'openai/chat',
    'enricher',
    { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hello' }] },
    /choices/,
  ],
  ['gmail_send/send', 'engager', { to: 'ada@company.com', subject: 'Hé', text: 'Hello' }, /"id"/],
];

describe('every tool answers through the edge', () => {
  for (const over of ['https', 'http'] as const) {
    for (const [action, by, params, shows] of calls) {
      it(`${action} over ${over}`, async () => {
        const answer = await callTool(action, params, { by, over });
        assert.equal(answer.status, 200, answer.text);
        const { data, meta } = callResponseSchema.parse(answer.json);
        assert.match(JSON.stringify(data), shows);
        assert.equal(`${meta.tool}/${meta.action}`, action);
        assert.equal(meta.traceId, answer.headers['x-correlation-id']);
        assert.ok(Number(answer.headers['x-token-expires-in']) > 0);
      });
    }
  }
});

describe('the mail that an agent sends', () => {
  it('arrives once, as it was meant', async () => {
    const subject = `Grüße ${Date.now()}`;
    const params = {
      ...{ to: ['ada@company.com'], cc: 'bob@company.com', bcc: 'eve@company.com', subject },
      ...{ text: 'Hello', html: '<p>Hello</p>' },
    };
    assert.equal((await callTool('gmail_send/send', params, { by: 'engager' })).status, 200);
    const [mail, ...others] = await mailsWith(subject);
    assert.deepEqual(others, []);
    assert.deepEqual(
      [mail?.to, mail?.cc, mail?.bcc],
      [['ada@company.com'], ['bob@company.com'], ['eve@company.com']],
    );
    assert.deepEqual([mail?.text, mail?.html], ['Hello', '<p>Hello</p>']);
  });

  const file = { filename: 'Übersicht 你好.pdf', contentType: 'application/pdf' };
  const sendFile = (subject: string, content: Buffer) => {
    const attachments = [{ ...file, content: content.toString('base64') }];
    const params = { to: 'ada@company.com', subject, text: 'Hello', attachments };
    return callTool('gmail_send/send', params, { by: 'engager' });
  };

  it('brings its files byte for byte, by their names', async () => {
    const subject = `Files ${Date.now()}`;
    const content = randomBytes(750_000);
    const answer = await sendFile(subject, content);
    assert.equal(answer.status, 200, answer.text);
    const sha256 = createHash('sha256').update(content).digest('hex');
    const [mail] = await mailsWith(subject);
    assert.deepEqual(mail?.attachments, [{ ...file, bytes: content.length, sha256 }]);
  });

  it('is not sent, and its sender is told, when its files are more than the gateway takes', async () => {
    const subject = `Too many files ${Date.now()}`;
    const answer = await sendFile(subject, randomBytes(800_000));
    assert.deepEqual([answer.status, problemOf(answer).code], [413, 'body.too_large']);
    assert.deepEqual(await mailsWith(subject), []);
  });

  for (const list of ['to', 'cc', 'bcc'] as const) {
    it(`goes to nobody when one address of ${list} is not allowed`, async () => {
      const subject = `Outside ${list} ${Date.now()}`;
      const allowed = { to: 'ada@company.com', subject, text: 'Hello' };
      const params = { ...allowed, [list]: ['bob@company.com', 'mallory@evil.test'] };
      const answer = await callTool('gmail_send/send', params, { by: 'engager' });
      assert.deepEqual([answer.status, problemOf(answer).code], [403, 'policy.denied']);
      assert.deepEqual(await mailsWith(subject), []);
    });
  }
});

describe('http_fetch', () => {
  it('reaches a real web server that the operator has allowed', async () => {
    const answer = await callTool('http_fetch/get', { url: `${e2e.webUrl}/page` });
    assert.equal(answer.status, 200, answer.text);
    assert.match(answer.text, /a real page/);
  });

  it('does not reach one that nobody has allowed', async () => {
    const answer = await callTool('http_fetch/get', { url: `${e2e.notAllowedUrl}/` });
    assert.equal(problemOf(answer).code, 'target.forbidden');
    assert.equal(await (await fetch(`${e2e.webUrl}/hits`)).text(), '0');
  });

  it('does not follow a redirect there either', async () => {
    const answer = await callTool('http_fetch/get', { url: `${e2e.webUrl}/to-not-allowed` });
    assert.equal(problemOf(answer).code, 'target.forbidden');
    assert.equal(await (await fetch(`${e2e.webUrl}/hits`)).text(), '0');
  });

  it('follows redirects and tells where it came', async () => {
    const answer = await callTool('http_fetch/get', { url: 'http://example.com/elsewhere' });
    const { data } = callResponseSchema.parse(answer.json);
    assert.deepEqual((data as { url: string; redirects: string[] }).redirects, [
      'http://example.com/elsewhere',
    ]);
    assert.equal((data as { url: string }).url, 'https://example.org/');
  });
});

describe('http_fetch, before the simulated web', () => {
  const get = async (path: string) => {
    const answer = await callTool('http_fetch/get', { url: `https://example.com${path}` });
    if (answer.status !== 200) return problemOf(answer).code;
    const { data } = callResponseSchema.parse(answer.json);
    return data as { content: string; bytes: number; redirects: string[] };
  };

  it('follows a chain of redirects by every status, and no endless one', async () => {
    const page = await get('/redirects/5');
    assert.equal(typeof page === 'string' ? page : page.redirects.length, 5);
    assert.equal(await get('/redirects/6'), 'upstream.rejected');
    assert.equal(await get('/redirects/forever'), 'upstream.rejected');
  });

  it('reads pages in any charset, declared in the head or in the document alone', async () => {
    for (const charset of ['iso-8859-15', 'shift_jis', 'koi8-r', 'gb18030', 'utf-16le'])
      for (const path of [`/charset/${charset}`, `/charset/${charset}/undeclared`]) {
        const page = await get(path);
        assert.ok(typeof page === 'object', path);
        assert.match(page.content, /<p>(10 €|こんにちは|Привет|你好|Grüße, 你好)<\/p>/, path);
      }
  });

  it('reads compressed pages, and neither those that are too long nor those that become so', async () => {
    for (const coding of ['gzip', 'deflate', 'deflate-raw', 'br']) {
      const page = await get(`/${coding}/100000`);
      assert.equal(typeof page === 'string' ? page : page.bytes, 100_000, coding);
      assert.equal(await get(`/${coding}/60000000`), 'response.too_large', coding);
    }
    assert.equal(await get('/bytes/6000000'), 'response.too_large');
  });

  it('waits for a page that is late, and for one that comes bit by bit', async () => {
    for (const path of ['/slow/200', '/drip/200']) assert.equal(typeof (await get(path)), 'object', path);
  });
});

describe('the list of tools', () => {
  it('holds what the agent may call, and nothing else', async () => {
    const list = async (name: AgentName) => {
      const answer = await ask('/v1/tools', { headers: { authorization: `Bearer ${await tokenOf(name)}` } });
      return toolListSchema
        .parse(answer.json)
        .items.flatMap(({ actions }) => actions.map(({ scope }) => scope))
        .sort();
    };
    assert.deepEqual(await list('scraper'), ['http_fetch:get', 'http_fetch:head', 'serpapi:search']);
    assert.deepEqual(await list('enricher'), ['http_fetch:get', 'openai:chat']);
    assert.deepEqual(await list('engager'), ['gmail_send:send']);
  });
});
