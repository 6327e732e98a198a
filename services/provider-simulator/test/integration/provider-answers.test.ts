import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { refreshForm, startSimulator, type TestSimulator } from '../../src/testing/start-simulator.ts';

let simulator: TestSimulator;
before(async () => {
  simulator = await startSimulator();
});
after(() => simulator.service.stop());

interface Search {
  readonly search_information: { readonly total_results: number };
  readonly organic_results: readonly { readonly position: number; readonly link: string }[];
}
interface Completion {
  readonly model: string;
  readonly choices: readonly {
    readonly message: { readonly content: string };
    readonly finish_reason: string;
  }[];
  readonly usage: Readonly<Record<string, number>>;
}

describe('SerpAPI', () => {
  const search = async (query: string) =>
    (await (await simulator.request(`/search.json?api_key=k&${query}`)).json()) as Search;

  it('answers the same query with the same results, and another with others', async () => {
    const results = (await search('q=tea&num=3')).organic_results;
    assert.equal(results.length, 3);
    assert.deepEqual((await search('q=tea&num=3')).organic_results, results);
    assert.notDeepEqual((await search('q=coffee&num=3')).organic_results, results);
  });

  it('goes on where the page before ended', async () => {
    const both = (await search('q=tea&num=4')).organic_results.map(({ link }) => link);
    const second = (await search('q=tea&num=2&start=2')).organic_results.map(({ link }) => link);
    assert.deepEqual(second, both.slice(2));
  });
});

describe('OpenAI', () => {
  const chat = async (changes: object) => {
    const body = { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hello there' }], ...changes };
    return (await (await simulator.postJson('/v1/chat/completions', body, 'key')).json()) as Completion;
  };

  it('answers from the messages, with the model that was asked for and the sum of the tokens', async () => {
    const { model, choices, usage } = await chat({ model: 'gpt-4o' });
    assert.equal(model, 'gpt-4o');
    assert.match(choices[0]?.message.content ?? '', /Hello there/);
    assert.equal(usage.total_tokens, (usage.prompt_tokens ?? 0) + (usage.completion_tokens ?? 0));
  });

  it('reads texts in parts, and gives as many choices as were asked for', async () => {
    const content = [{ type: 'text', text: 'in parts' }];
    const { choices } = await chat({ messages: [{ role: 'user', content }], n: 2 });
    assert.equal(choices.length, 2);
    assert.match(choices[1]?.message.content ?? '', /in parts/);
  });

  it('stops at the tokens that it is allowed', async () => {
    const { choices, usage } = await chat({ max_tokens: 2 });
    assert.equal(choices[0]?.finish_reason, 'length');
    assert.equal(usage.completion_tokens, 2);
  });
});

describe('Gmail', () => {
  const send = async (message: string) => {
    const raw = Buffer.from(message).toString('base64url');
    const token = await simulator.accessToken();
    const response = await simulator.postJson('/gmail/v1/users/me/messages/send', { raw }, token);
    return ((await response.json()) as { id: string }).id;
  };

  it('keeps a mail as its recipients would read it', async () => {
    const id = await send(
      'From: Ann <a@b.test>\r\nTo: "A, B" <ada@b.test>, team: x@b.test, y@b.test;\r\nCc: c@b.test\r\n' +
        'Bcc: eve@b.test\r\nSubject: =?utf-8?Q?h=C3=A9?=\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n' +
        '--b\r\n\r\nHello\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>Hello</p>\r\n--b--\r\n',
    );
    const [mail] = (await simulator.mailbox('?limit=1')).items;
    const { receivedAt, bytes, ...seen } = mail ?? assert.fail('the mailbox is empty');
    assert.ok(bytes > 0 && !Number.isNaN(Date.parse(receivedAt)));
    assert.deepEqual(seen, {
      id,
      from: 'a@b.test',
      to: ['ada@b.test', 'x@b.test', 'y@b.test'],
      cc: ['c@b.test'],
      bcc: ['eve@b.test'],
      subject: 'hé',
      text: 'Hello',
      html: '<p>Hello</p>',
      attachments: [],
    });
  });

  it('takes a message that is uploaded as it is, too', async () => {
    const authorization = `Bearer ${await simulator.accessToken()}`;
    const upload = (query: string, type = 'message/rfc822') =>
      simulator.request(`/upload/gmail/v1/users/me/messages/send${query}`, {
        method: 'POST',
        headers: { authorization, 'content-type': type },
        body: 'To: a@b.test\r\nSubject: uploaded\r\n\r\n',
      });
    const { id } = (await (await upload('?uploadType=media')).json()) as { id: string };
    const [mail] = (await simulator.mailbox('?limit=1')).items;
    assert.deepEqual([mail?.id, mail?.to, mail?.subject], [id, ['a@b.test'], 'uploaded']);
    assert.equal((await upload('')).status, 400);
    assert.equal((await upload('?uploadType=media', 'text/plain')).status, 400);
  });

  it('gives a mailbox that is for sending alone a token that sends and reads nothing', async () => {
    const answer = await simulator.request('/token', {
      method: 'POST',
      body: refreshForm({ refresh_token: 'send-only' }),
    });
    const { access_token: token, scope } = (await answer.json()) as Record<string, string>;
    assert.equal(scope, 'https://www.googleapis.com/auth/gmail.send');
    const raw = Buffer.from('To: a@b.test\r\n\r\n').toString('base64url');
    assert.equal((await simulator.postJson('/gmail/v1/users/me/messages/send', { raw }, token)).status, 200);
    const authorization = `Bearer ${token}`;
    const profile = await simulator.request('/gmail/v1/users/me/profile', { headers: { authorization } });
    assert.equal(profile.status, 403);
  });

  it('shows the newest mail first, and older ones page by page', async () => {
    const [first, second, third] = [
      await send('To: a@b.test\r\n\r\n1'),
      await send('To: a@b.test\r\n\r\n2'),
      await send('To: a@b.test\r\n\r\n3'),
    ];
    const newest = await simulator.mailbox('?limit=2');
    assert.deepEqual(
      newest.items.map(({ id }) => id),
      [third, second],
    );
    const older = await simulator.mailbox(`?limit=1&cursor=${newest.nextCursor}`);
    assert.deepEqual(
      older.items.map(({ id }) => id),
      [first],
    );
  });
});
