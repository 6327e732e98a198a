import type { RuleKind } from '@4runr/contracts/decision';
import { pick } from '../kills/seeded-random.ts';
import { chatTokens, type HourRole } from './hour-policies.ts';

/** Who calls: the role, which of its agents, and of which role the agent is that acts for it, if any. */
export interface Caller {
  readonly role: HourRole;
  readonly agent: number;
  readonly actor?: HourRole;
}

/** What comes of a call as its client sees it: `200`, the `code` of a problem, of a denial with its reason. */
export type Told = '200' | 'quota.exceeded' | 'upstream.failed' | `policy.denied ${RuleKind}`;

/** What comes of a call on a machine that is too busy for it: whether it was decided, its record alone says. */
export const hindrances = [
  'policy.unavailable',
  'service.unavailable',
  'overload.shed',
  'request.timeout',
  'breaker.open',
  'upstream.failed',
  'upstream.timeout',
  'upstream.outcome_unknown',
] as const;
export type Hindrance = (typeof hindrances)[number];

export function isHindrance(told: Told | Hindrance): told is Hindrance {
  return (hindrances as readonly string[]).includes(told);
}

/** One call as it is to be made. */
export interface PlannedCall {
  readonly kind: HourKind;
  readonly caller: Caller;
  readonly path: `${string}/${string}`;
  readonly params: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;
  /** What may come of it. */
  readonly expected: readonly Told[];
}

type Details = Omit<PlannedCall, 'kind' | 'path' | 'expected'>;
type Kind = readonly [
  weight: number,
  path: PlannedCall['path'],
  expected: readonly Told[],
  details: (random: () => number, number: number) => Details,
];

/** Agents of each role. */
export const agentsOfRole = 2;
/** The agent of the mailers that may not mail. */
export const stoppedMailer = agentsOfRole;

const pages = ['https://example.com/', 'https://example.com/wiki/Tea', 'https://example.com/data.json'];
const words = ['tea', 'rain', 'copper', 'a train', 'tea in the rain'];

const by = (role: HourRole, random: () => number): Caller => ({
  role,
  agent: Math.floor(random() * agentsOfRole),
});
const searchBy =
  (role: HourRole): Kind[3] =>
  (random) => ({ caller: by(role, random), params: { q: pick(random, words) }, headers: {} });
const actingBy =
  (caller: Caller, params: Details['params']): Kind[3] =>
  () => ({ caller, params, headers: {} });
const fetchOf =
  (role: HourRole, urls: readonly string[]): Kind[3] =>
  (random) => ({ caller: by(role, random), params: { url: pick(random, urls) }, headers: {} });
const chatOf =
  (
    role: HourRole,
    change: Record<string, unknown> = {},
    headers: Details['headers'] = { 'agent-intent': 'support' },
  ): Kind[3] =>
  (random, number) => ({
    caller: by(role, random),
    params: {
      ...{ model: 'gpt-4o-mini', max_tokens: chatTokens.small },
      messages: [{ role: 'user', content: `Question ${number}` }],
      ...change,
    },
    headers,
  });
const mailOf =
  (change: Record<string, unknown> = {}): Kind[3] =>
  (random, number) => ({
    caller: by('hour-mailer', random),
    params: { to: 'ada@company.com', subject: `Hour ${number}`, text: 'Hello', ...change },
    headers: { 'idempotency-key': `hour-${number}` },
  });
const manyRecipients = Array.from({ length: 60 }, (_, at) => `clerk${at}@company.com`);
const withNumber = [{ role: 'user', content: 'My number is 536-22-8726.' }];

/** Of each kind how often it comes, what is called, what may come of it, and by whom with which parameters. */
const kinds = {
  search: [16, 'serpapi/search', ['200', 'quota.exceeded'], searchBy('hour-reader')],
  'search that is too long': [
    ...([3, 'serpapi/search', ['policy.denied when']] as const),
    (random) => ({ caller: by('hour-reader', random), params: { q: 'x'.repeat(41) }, headers: {} }),
  ],
  page: [12, 'http_fetch/get', ['200'], fetchOf('hour-reader', pages)],
  'head of a page': [3, 'http_fetch/head', ['200'], fetchOf('hour-reader', pages)],
  'page elsewhere': [
    5,
    'http_fetch/get',
    ['policy.denied domain'],
    fetchOf('hour-reader', ['https://en.wikipedia.org/wiki/Tea']),
  ],
  'search for another': [
    ...([5, 'serpapi/search', ['200', 'quota.exceeded']] as const),
    actingBy({ role: 'hour-reader', agent: 0, actor: 'hour-aide' }, { q: 'tea' }),
  ],
  'page for another': [
    ...([3, 'http_fetch/get', ['policy.denied no_policy']] as const),
    actingBy({ role: 'hour-reader', agent: 1, actor: 'hour-aide' }, { url: 'https://example.com/' }),
  ],
  'search by an aide': [2, 'serpapi/search', ['200'], searchBy('hour-aide')],
  'search by an aide that fails': [
    ...([1, 'serpapi/search', ['upstream.failed']] as const),
    actingBy({ role: 'hour-aide', agent: 0 }, { q: 'fail please' }),
  ],
  chat: [6, 'openai/chat', ['200'], chatOf('hour-writer')],
  'chat of more tokens than there are': [
    2,
    'openai/chat',
    ['quota.exceeded'],
    chatOf('hour-writer', { max_tokens: chatTokens.big }),
  ],
  'chat about something else': [2, 'openai/chat', ['policy.denied intent'], chatOf('hour-writer', {}, {})],
  'chat by another model': [
    2,
    'openai/chat',
    ['policy.denied model'],
    chatOf('hour-writer', { model: 'gpt-4o' }),
  ],
  'chat with personal data': [
    2,
    'openai/chat',
    ['policy.denied pii'],
    chatOf('hour-writer', { messages: withNumber }),
  ],
  'paid chat': [5, 'openai/chat', ['200'], chatOf('hour-payer')],
  'paid chat of more than there is': [
    2,
    'openai/chat',
    ['quota.exceeded'],
    chatOf('hour-payer', { max_tokens: chatTokens.big }),
  ],
  mail: [8, 'gmail_send/send', ['200', 'quota.exceeded'], mailOf()],
  'mail again': [2, 'gmail_send/send', ['200', 'quota.exceeded'], mailOf()],
  'mail to many': [0.5, 'gmail_send/send', ['200', 'quota.exceeded'], mailOf({ to: manyRecipients })],
  'mail elsewhere': [3, 'gmail_send/send', ['policy.denied recipient'], mailOf({ to: 'eve@elsewhere.test' })],
  'mail that is too long': [
    2,
    'gmail_send/send',
    ['policy.denied request_bytes'],
    mailOf({ text: 'x'.repeat(4_000) }),
  ],
  'mail by the stopped': [
    ...([2, 'gmail_send/send', ['policy.denied deny']] as const),
    (random, number) => ({
      ...mailOf()(random, number),
      caller: { role: 'hour-mailer', agent: stoppedMailer },
    }),
  ],
  'search by a clerk': [6, 'serpapi/search', ['200', 'policy.denied schedule'], searchBy('hour-clerk')],
  'search at night': [2, 'serpapi/search', ['policy.denied schedule'], searchBy('hour-night')],
  'search until it is ended': [5, 'serpapi/search', ['200', 'policy.denied deny'], searchBy('hour-changed')],
  'search by nobody': [4, 'serpapi/search', ['policy.denied no_policy'], searchBy('hour-nobody')],
} satisfies Record<string, Kind>;
export type HourKind = keyof typeof kinds;

export const hourKinds = Object.keys(kinds) as HourKind[];

/** The calls in their order: each kind once at least, the others by chance. @param calls no less than there are kinds */
export function planHour(calls: number, random: () => number): readonly PlannedCall[] {
  const weights: readonly [HourKind, number][] = hourKinds.map((kind) => [kind, kinds[kind][0]]);
  const chosen = Array.from({ length: calls }, (_, at) => hourKinds[at] ?? chooseBy(weights, random));
  let mail: Details | undefined;
  return shuffle(chosen, random).map((kind, number) => {
    const [, path, expected, detailsOf] = kinds[kind] as Kind;
    const details = (kind === 'mail again' ? mail : undefined) ?? detailsOf(random, number);
    if (kind === 'mail') mail = details;
    return { kind, path, expected, ...details };
  });
}

function chooseBy(weights: readonly [HourKind, number][], random: () => number): HourKind {
  let left = random() * weights.reduce((sum, [, weight]) => sum + weight, 0);
  const chosen = weights.find(([, weight]) => {
    left -= weight;
    return left < 0;
  });
  return chosen?.[0] ?? 'search';
}

function shuffle<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);
}
