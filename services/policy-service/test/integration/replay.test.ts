import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { EvaluationRequest } from '@4runr/contracts/decision';
import type { Policy } from '@4runr/contracts/policy';
import { type Replay, replaySchema } from '@4runr/contracts/replay';
import { createSeverableLink, type SeverableLink } from '@4runr/service-kit/testing';
import { newCall } from '../fixtures/audit-items.ts';
import { type Operate, operatorOf, problemIn } from '../fixtures/operating.ts';
import { issuer, startTokenIssuer, type TokenIssuer } from '../fixtures/operator-tokens.ts';
import {
  activate,
  createServiceDatabase,
  evaluate,
  eventually,
  type PolicyServiceUnderTest,
  questionOf,
  type ServiceDatabase,
  startPolicyService,
} from '../fixtures/policy-service-under-test.ts';

const search = 'serpapi:search';
const fetching = 'http_fetch:get';
const chat = 'openai:chat';
const mail = 'gmail_send:send';

/** Roles of their own, so that tests do not take from one another. */
const policies: readonly Policy[] = [
  {
    name: 'reader',
    subjects: { roles: ['reader'] },
    allow: [search, fetching],
    guards: { when: 'size(params) < 2', domains: { allow: ['*.example.com'] } },
    quotas: [{ scope: search, limit: 3, window: '1h' }],
  },
  {
    name: 'writer',
    subjects: { roles: ['writer'] },
    allow: [chat, mail],
    intents: ['support'],
    guards: {
      pii: { detect: ['email', 'ssn'], on: 'request', effect: 'deny' },
      recipients: { allow: ['ada@company.com'] },
    },
    quotas: [{ scope: chat, limit: 1_000, window: '1h', cost: 'tokens', per: 'role' }],
  },
  {
    name: 'by-day',
    subjects: { roles: ['worker'] },
    allow: [search],
    schedule: { timezone: 'UTC', days: ['sun'], from: '00:00', to: '24:00' },
  },
  { name: 'worker', subjects: { roles: ['worker'] }, allow: [search], guards: { maxRequestBytes: 10 } },
  { name: 'tried', subjects: { roles: ['reader'] }, mode: 'shadow', deny: [search] },
  {
    name: 'counted',
    subjects: { roles: ['counted'] },
    allow: [search],
    quotas: [{ scope: search, limit: 3, window: '1h' }],
  },
];

let database: ServiceDatabase;
let link: SeverableLink;
let tokens: TokenIssuer;
let service: PolicyServiceUnderTest;
let operate: Operate;
before(async () => {
  database = await createServiceDatabase();
  link = await createSeverableLink(database.url);
  tokens = await startTokenIssuer();
  service = await startPolicyService(link.url, { AUTH_SERVICE_URL: tokens.url, PUBLIC_URL: issuer });
  operate = operatorOf(tokens, () => service.url);
  for (const policy of policies) await store(policy);
});
after(async () => {
  await service.stop();
  await tokens.close();
  await link.close();
  await database.drop();
});

/** Makes a document active, and waits until decisions are made by it. */
async function store(policy: Policy): Promise<void> {
  await activate(database.kysely, policy);
  const { number } = await database.kysely.selectFrom('revision').select('number').executeTakeFirstOrThrow();
  const decided = async () => {
    const question = questionOf('nobody', search);
    await evaluate(service.url, question);
    return (await recordOf(question)).basis?.revision === number;
  };
  await eventually(decided, 10_000);
}

async function recordOf({ context }: EvaluationRequest): Promise<{ basis?: { revision: string } }> {
  let body: unknown;
  await eventually(async () => {
    const rows = await database.kysely
      .selectFrom('audit_items')
      .select('body')
      .where('id', '=', context.callId)
      .execute();
    body = rows[0]?.body;
    return body !== undefined;
  }, 10_000);
  return body as { basis?: { revision: string } };
}

interface Period {
  readonly from: string;
  readonly to: string;
}

/** Has calls decided one after another, and answers when they are in the trail: from when until when that was. */
async function decideAll(questions: readonly EvaluationRequest[]): Promise<Period> {
  const from = new Date().toISOString();
  for (const question of questions) await evaluate(service.url, question);
  const to = new Date(Date.now() + 1).toISOString();
  for (const question of questions) await recordOf(question);
  return { from, to };
}

const post = (body: object) => operate('/v1/policies/replay', { method: 'POST', body });

async function replay(body: object): Promise<Replay> {
  const response = await post(body);
  const answer: unknown = await response.json();
  assert.equal(response.status, 200, JSON.stringify(answer));
  return replaySchema.parse(answer);
}

/** What each verdict was and would be, by call. */
function changesIn({ changed }: Replay): Record<string, string> {
  return Object.fromEntries(
    changed.map(({ callId, recorded, candidate }) => [
      callId,
      `${recorded.decision} -> ${candidate.decision}`,
    ]),
  );
}

const factsOf = (facts: Partial<EvaluationRequest['context']['facts']>) => ({
  facts: { url: [], model: [], recipient: [], ...facts },
});
const searches = (role: string, count: number) =>
  Array.from({ length: count }, () => questionOf(role, search));

/** Calls of every kind: allowed, denied by each kind of guard and limited, for others, with facts that are encrypted. */
function mixedCalls(): EvaluationRequest[] {
  const delegated = questionOf('reader', search);
  const act = { id: 'agt_2', role: 'worker' };
  return [
    ...searches('reader', 5),
    questionOf('reader', search, { params: { q: 'x', num: 1 } }),
    questionOf('reader', fetching, factsOf({ url: ['https://a.example.com/?mail=ada@company.com'] })),
    questionOf('reader', fetching, factsOf({ url: ['https://elsewhere.test/'] })),
    questionOf(
      'reader',
      fetching,
      factsOf({ url: Array.from({ length: 60 }, () => 'https://a.example.com/') }),
    ),
    questionOf('writer', chat, { intent: 'support', params: { text: 'hello' }, costs: { tokens: 700 } }),
    questionOf('writer', chat, { intent: 'support', params: { text: 'hello' }, costs: { tokens: 700 } }),
    questionOf('writer', chat, { intent: 'support', params: { text: 'hello' } }),
    questionOf('writer', chat, { intent: 'support', params: { text: 'ada@company.com' } }),
    questionOf('writer', chat, { params: { text: '123-45-6789' } }),
    questionOf('writer', mail, { intent: 'support', ...factsOf({ recipient: ['ada@company.com'] }) }),
    questionOf('writer', mail, { intent: 'support', ...factsOf({ recipient: ['eve@company.com'] }) }),
    ...searches('worker', 2),
    questionOf('worker', search, { requestBytes: 11 }),
    questionOf('nobody', search),
    { ...delegated, subject: { ...delegated.subject, properties: { role: 'reader', act } } },
  ];
}

describe('a replay with the same policies', () => {
  it('gives the same verdict for every call', async () => {
    const questions = mixedCalls();
    const period = await decideAll(questions);
    const { evaluated, changed, undeterminable, unknown, nextCursor } = await replay(period);
    assert.deepEqual([evaluated, changed, nextCursor], [questions.length, [], null]);
    // Of sixty urls fifty are recorded.
    assert.deepEqual([undeterminable, unknown.map(({ what }) => what)], [1, ['domain']]);
    assert.equal(unknown[0]?.example, questions[8]?.context.callId);
  });

  it('gives it by the policies of the time, also of those that were changed or deleted since', async () => {
    const changing: Policy = { name: 'changing', subjects: { roles: ['changing'] }, allow: [search] };
    const from = new Date().toISOString();
    await store(changing);
    const first = await decideAll(searches('changing', 2));
    await store({ ...changing, deny: [search] });
    const second = await decideAll(searches('changing', 2));
    await database.kysely.deleteFrom('policies').where('name', '=', 'changing').execute();
    const { to } = await decideAll(searches('nobody', 1));
    assert.deepEqual((await replay({ from, to })).changed, []);
    const allowed = changesIn(await replay({ ...second, policy: changing }));
    assert.deepEqual(Object.values(allowed), ['denied -> allowed', 'denied -> allowed']);
    assert.deepEqual(changesIn(await replay({ ...first, policy: changing })), {});
  });

  it('shows in the audit trail neither what it goes by nor encrypted facts', async () => {
    const facts = factsOf({ recipient: ['eve@company.com'] });
    await decideAll([questionOf('writer', mail, { intent: 'support', ...facts })]);
    const text = await (await operate('/v1/audit?kind=call&limit=1')).text();
    assert.ok(text.includes('*@company.com'));
    assert.ok(!text.includes('basis') && !text.includes('sealedFacts') && !text.includes('eve@'));
  });
});

describe('a replay with a candidate', () => {
  it('lists exactly the calls whose verdict would change, and what decided then and would decide', async () => {
    const to = (recipient: string) =>
      questionOf('writer', mail, { intent: 'support', ...factsOf({ recipient: [recipient] }) });
    const [toAda, toEve] = [to('ada@company.com'), to('eve@company.com')];
    const chatting = questionOf('writer', chat, { intent: 'support', costs: { tokens: 1 } });
    const others = [...searches('reader', 1), ...searches('worker', 1), questionOf('writer', mail)];
    const period = await decideAll([toAda, ...others, toEve, chatting]);
    const candidate: Policy = {
      name: 'writer',
      subjects: { roles: ['writer'] },
      allow: [mail],
      intents: ['support'],
      guards: { recipients: { allow: ['eve@company.com'] } },
    };
    const answer = await replay({ ...period, policy: candidate });
    assert.deepEqual([answer.evaluated, answer.undeterminable], [6, 0]);
    assert.deepEqual(changesIn(answer), {
      [toAda.context.callId]: 'allowed -> denied',
      [toEve.context.callId]: 'denied -> allowed',
      [chatting.context.callId]: 'allowed -> denied',
    });
    const change = answer.changed.find(({ callId }) => callId === toEve.context.callId);
    assert.ok(change);
    assert.deepEqual(
      [change.agent, change.tool, change.action, change.recorded.reasons[0]?.rule],
      ['agt_1', 'gmail_send', 'send', 'recipient'],
    );
    assert.deepEqual(
      [change.candidate.policy?.name, change.candidate.reasons[0]?.detail],
      ['writer', 'writer allows gmail_send:send.'],
    );
  });

  it('of a new name stands beside the others, and one in shadow changes nothing', async () => {
    const period = await decideAll(searches('worker', 1));
    const denying: Policy = { name: 'new', subjects: { roles: ['worker'] }, deny: [search] };
    const changed = async (policy: Policy) => Object.values(changesIn(await replay({ ...period, policy })));
    assert.deepEqual(await changed(denying), ['allowed -> denied']);
    assert.deepEqual(await changed({ ...denying, mode: 'shadow' }), []);
  });

  it('leaves open what it would have to ask the parameters, unless it is decided without them', async () => {
    const questions = [...searches('worker', 1), questionOf('worker', search, { requestBytes: 11 })];
    const period = await decideAll(questions);
    const policy: Policy = {
      name: 'worker',
      subjects: { roles: ['worker'] },
      allow: [search],
      guards: { maxRequestBytes: 10, when: 'params.q == "x"' },
    };
    const answer = await replay({ ...period, policy });
    assert.deepEqual([answer.evaluated, answer.undeterminable, answer.changed], [2, 1, []]);
    assert.deepEqual(answer.unknown, [{ what: 'when', calls: 1, example: questions[0]?.context.callId }]);
  });

  it('asks what the parameters were by conditions and kinds of personal data that were asked then', async () => {
    const text = { params: { text: '123-45-6789' } };
    const period = await decideAll([
      questionOf('writer', chat, { intent: 'support', ...text, costs: { tokens: 1 } }),
    ]);
    const policy = (detect: ('email' | 'ssn' | 'phone')[]): Policy => ({
      name: 'writer',
      subjects: { roles: ['writer'] },
      allow: [chat],
      guards: { pii: { detect, on: 'request', effect: 'deny' } },
    });
    const outcome = async (...detect: ('email' | 'ssn' | 'phone')[]) => {
      const answer = await replay({ ...period, policy: policy(detect) });
      return [Object.values(changesIn(answer)), answer.undeterminable];
    };
    assert.deepEqual(await outcome('email'), [['denied -> allowed'], 0]);
    assert.deepEqual(await outcome('ssn'), [[], 0]);
    assert.deepEqual(await outcome('phone'), [[], 1]);
    assert.deepEqual(await outcome('phone', 'ssn'), [[], 0]);
  });

  it('with another limit is compared with what was used, and with another quota leaves allowed calls open', async () => {
    const questions = [...searches('counted', 5), questionOf('counted', fetching)];
    const period = await decideAll(questions);
    const outcome = async (quota: object) => {
      const policy = {
        name: 'counted',
        subjects: { roles: ['counted'] },
        allow: [search],
        quotas: [{ scope: search, limit: 3, window: '1h', ...quota }],
      };
      const answer = await replay({ ...period, policy });
      return [Object.values(changesIn(answer)), answer.unknown.map(({ what, calls }) => `${what} ${calls}`)];
    };
    assert.deepEqual(await outcome({}), [[], []]);
    assert.deepEqual(await outcome({ limit: 1 }), [['allowed -> limited', 'allowed -> limited'], []]);
    assert.deepEqual(await outcome({ limit: 4 }), [['limited -> allowed', 'limited -> allowed'], []]);
    assert.deepEqual(await outcome({ window: '2h' }), [[], ['quota 5']]);
  });

  it('knows what a role had left when a quota of the agent refused the call', async () => {
    const shared = { scope: search, limit: 2, window: '1h', per: 'role' } as const;
    const policy: Policy = {
      name: 'sharing',
      subjects: { roles: ['sharing'] },
      allow: [search],
      quotas: [shared, { scope: search, limit: 1, window: '1h' }],
    };
    await store(policy);
    // Of an agent that was refused lately the role is not even asked.
    const asked = searches('sharing', 2).map(({ subject, ...question }) => ({
      ...question,
      subject: { ...subject, id: 'agt_sharing' },
    }));
    const period = await decideAll(asked);
    assert.deepEqual(changesIn(await replay(period)), {});
    const changed = changesIn(await replay({ ...period, policy: { ...policy, quotas: [shared] } }));
    assert.deepEqual(Object.values(changed), ['limited -> allowed']);
  });

  it('is answered in pages that together list everything once', async () => {
    const period = await decideAll(searches('worker', 5));
    const policy = { name: 'new', subjects: { roles: ['worker'] }, deny: [search] };
    const pages: Replay[] = [];
    let cursor: string | null = null;
    do {
      pages.push(await replay({ ...period, policy, limit: 2, ...(cursor === null ? {} : { cursor }) }));
      cursor = pages.at(-1)?.nextCursor ?? null;
    } while (cursor !== null);
    assert.deepEqual(
      pages.map(({ evaluated, changed }) => [evaluated, changed.length]),
      [
        [2, 2],
        [2, 2],
        [1, 1],
      ],
    );
    const ids = pages.flatMap(({ changed }) => changed.map(({ callId }) => callId));
    assert.equal(new Set(ids).size, 5);
  });
});

describe('a record that a decision cannot be reached again by', () => {
  it('counts as one whose verdict is not known, and one without a decision not at all', async () => {
    const from = new Date().toISOString();
    const { decision } = newCall();
    const { basis: _none, ...withoutBasis } = decision;
    const ofTheFuture = { ...decision, basis: { revision: '999999', at: decision.at } };
    const items = [withoutBasis, ofTheFuture, { kind: 'call', outcome: 'completed' }];
    await database.kysely
      .insertInto('audit_items')
      .values(
        items.map((item, index) => ({
          id: `call_lacking_${index}`,
          at: new Date(),
          kind: 'call',
          agent: 'agt_1',
          tool: 'serpapi',
          action: 'search',
          outcome: null,
          body: JSON.stringify(item),
        })),
      )
      .execute();
    const to = new Date(Date.now() + 1).toISOString();
    const { evaluated, undeterminable, unknown } = await replay({ from, to });
    assert.deepEqual([evaluated, undeterminable, unknown[0]?.what], [2, 2, 'record']);
  });
});

describe('a replay is refused', () => {
  const period = { from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z' };

  it('with a candidate that is no policy, with the place of every fault', async () => {
    const policy = { name: 'x', subjects: { roles: ['x'] }, allow: ['*'], guards: { when: '(' } };
    const { code, errors } = await problemIn(await post({ ...period, policy }));
    assert.equal(code, 'params.invalid');
    assert.deepEqual(
      errors?.map(({ pointer }) => pointer),
      ['/policy/allow/0', '/policy/guards/when'],
    );
  });

  it('without a period, and with a cursor that no answer gave', async () => {
    assert.equal((await problemIn(await post({ from: period.from }))).code, 'params.invalid');
    assert.equal((await problemIn(await post({ ...period, cursor: 'x' }))).code, 'request.invalid');
  });

  it('to whoever may not read policies', async () => {
    const send = async (scope: string) =>
      fetch(`${service.url}/v1/policies/replay`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(await tokens.authorize({ role: 'operator', scope })),
        },
        body: JSON.stringify(period),
      });
    assert.equal((await problemIn(await send('policies:write audit:read'))).code, 'scope.insufficient');
    assert.equal((await send('policies:read')).status, 200);
  });

  it('while another goes on, and not afterwards; decisions are made meanwhile', async () => {
    link.stall();
    try {
      const [first, second] = [post(period), post(period)];
      const refused = await Promise.race([first, second]);
      assert.equal((await problemIn(refused)).code, 'rate.limited');
      assert.ok(Number(refused.headers.get('retry-after')) > 0);
      assert.equal((await evaluate(service.url, questionOf('scraper', search))).decision, true);
      const statuses = (await Promise.all([first, second])).map(({ status }) => status);
      assert.deepEqual(statuses.sort(), [429, 503]);
    } finally {
      await link.mend();
    }
    await eventually(async () => (await post(period)).status === 200, 10_000);
  });
});
