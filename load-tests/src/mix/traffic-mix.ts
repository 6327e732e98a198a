/**
 * The traffic of every scenario. The report of August 2025 gives shares that add up to 118 %: 60 searches, 30 enrichments and 10
 * mails, and besides 15 duplicates and 3 probes. Its own totals say how they were meant: its phases begin 135,000 tasks, which with
 * 2 calls for each enrichment, and duplicates and probes on top, are 199,800 calls; it counted 202,280 requests. So here: the rate of
 * a phase is that of tasks; a task is a search, an enrichment or a mail; 15 % of them repeat their first call at once, and 3 % ask
 * besides for something that is forbidden.
 */
import type { PlannedCall, Role } from './planned-call.ts';
import { createSeededDraws, type SeededDraws } from './seeded-draws.ts';

export const taskShares = { search: 0.6, enrichment: 0.3, mail: 0.1 } as const;
export const duplicateShare = 0.15;
export const probeShare = 0.03;

/** Of a task, on average: an enrichment is two. */
export const callsPerTask = 1 + taskShares.enrichment + duplicateShare + probeShare;

/** The calls of the task with this number, in order: the same for the same seed. */
export function planTask(seed: number, number: number): readonly PlannedCall[] {
  const draws = createSeededDraws(seed, number);
  const [first, ...others] = planWork(draws, `${seed}-${number}`);
  const isRepeated = draws.share() < duplicateShare;
  const isProbing = draws.share() < probeShare;
  return [
    first,
    ...(isRepeated ? [{ ...first, kind: 'duplicate' as const }] : []),
    ...others,
    ...(isProbing ? [planProbe(draws)] : []),
  ];
}

function planWork(draws: SeededDraws, name: string): readonly [PlannedCall, ...PlannedCall[]] {
  const drawn = draws.share();
  if (drawn < taskShares.search) return [planSearch(draws, name)];
  if (drawn < taskShares.search + taskShares.enrichment) return planEnrichment(draws);
  return [planMail(draws, name)];
}

const topics = [
  'vector databases',
  'solar inverters',
  'freight rates',
  'industrial bakeries',
  'harbour logistics',
  'dental software',
  'cold storage',
  'regional airlines',
] as const;

/** Nobody has asked for it before, so that only a duplicate can meet the cache. */
function planSearch(draws: SeededDraws, name: string): PlannedCall {
  return first(draws, 'scraper', 'serpapi/search', { q: `${draws.oneOf(topics)} ${name}`, num: 5 });
}

function planEnrichment(draws: SeededDraws): readonly [PlannedCall, PlannedCall] {
  const topic = draws.oneOf(topics);
  const url = `https://en.wikipedia.org/wiki/${topic.replaceAll(' ', '_')}`;
  const page = first(draws, 'enricher', 'http_fetch/get', { url });
  const question = { role: 'user', content: `Which companies does ${url} name?` };
  const params = { model: 'gpt-4o-mini', messages: [question] };
  return [page, { ...page, ...named('openai/chat'), params }];
}

/** With a key, as whoever sends mail should have: its duplicate must not be a second mail. */
function planMail(draws: SeededDraws, name: string): PlannedCall {
  const params = { to: `lead-${draws.integer(1_000)}@company.com`, subject: name, text: draws.oneOf(topics) };
  return { ...first(draws, 'engager', 'gmail_send/send', params), idempotencyKey: `load-${name}` };
}

function first(
  draws: SeededDraws,
  role: Role,
  call: Call,
  params: Readonly<Record<string, unknown>>,
): PlannedCall {
  return { kind: 'first', role, agent: draws.integer(1_000), ...named(call), params };
}

const waitSeconds = { 'serpapi/search': 12, 'http_fetch/get': 12, 'openai/chat': 35, 'gmail_send/send': 16 };
type Call = keyof typeof waitSeconds;

const named = (call: Call) => ({ call, waitSeconds: waitSeconds[call] });

type Probe = Required<Pick<PlannedCall, 'role' | 'params' | 'refusedAs'>> & { readonly call: Call };

/** Every way of being refused that the built-in policies and the egress guard have. */
const probes: readonly [Probe, ...Probe[]] = [
  {
    role: 'scraper',
    call: 'gmail_send/send',
    params: { to: 'ada@company.com', subject: 'probe', text: 'probe' },
    refusedAs: 'policy.denied',
  },
  { role: 'engager', call: 'serpapi/search', params: { q: 'probe' }, refusedAs: 'policy.denied' },
  {
    role: 'enricher',
    call: 'openai/chat',
    params: { model: 'gpt-4o', messages: [{ role: 'user', content: 'probe' }] },
    refusedAs: 'policy.denied',
  },
  {
    role: 'engager',
    call: 'http_fetch/get',
    params: { url: 'https://example.com/' },
    refusedAs: 'policy.denied',
  },
  {
    role: 'engager',
    call: 'gmail_send/send',
    params: { to: 'ada@elsewhere.example', subject: 'probe', text: 'probe' },
    refusedAs: 'policy.denied',
  },
  {
    role: 'scraper',
    call: 'http_fetch/get',
    params: { url: 'http://127.0.0.1/' },
    refusedAs: 'target.forbidden',
  },
];

function planProbe(draws: SeededDraws): PlannedCall {
  const probe = draws.oneOf(probes);
  return { kind: 'probe', agent: draws.integer(1_000), ...probe, ...named(probe.call) };
}
