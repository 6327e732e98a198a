import { type Facts, piiKinds } from '@4runr/contracts/decision';
import { type Policy, weekdays } from '@4runr/contracts/policy';
import fc from 'fast-check';
import type { PolicyCall, PolicySubject } from '../src/index.ts';
import { literalConditions } from './literal-rules.ts';

/** A call, and when it is made. */
export interface TimedCall extends PolicyCall {
  readonly at: Date;
}

/** A world so small that policies and calls meet often. */
const scopes = ['http_fetch:get', 'openai:chat', 'gmail_send:send'];
const roles = ['analyst', 'scraper'];
const agents = ['agt_1', 'agt_2'];
const intents = ['lead_discovery', 'audit'];
const domains = ['*', 'example.com', '*.example.com', '*.org', 'a.example.com'];
const models = ['gpt-4o', 'gpt-4o-mini', 'gpt-4*'];
const recipients = ['*@company.com', 'ada@company.com', '*@example.org'];
export const urls = [
  'https://example.com/',
  'https://a.example.com/',
  'https://b.example.com',
  'https://x.org/',
  'nonsense',
];

const texts = ['hello', 'write to ada@company.com', '123-45-6789', 'hello 4111 1111 1111 1111'];
const times = [
  '2026-03-02T12:00:00Z',
  '2026-03-07T03:30:00Z',
  '2026-03-08T07:30:00Z',
  '2026-11-01T05:30:00Z',
];

const some = <T>(values: readonly T[]) => fc.subarray([...values]);
/** A member that is there `present` times for each time that it is not. */
const maybe = <T>(key: string, value: fc.Arbitrary<T>, present = 1): fc.Arbitrary<object> =>
  fc.oneof(
    { weight: 10, arbitrary: fc.constant({}) },
    { weight: 10 * present, arbitrary: value.map((given) => ({ [key]: given })) },
  );
const record = (...parts: fc.Arbitrary<object>[]) =>
  fc.tuple(...parts).map((given) => Object.assign({}, ...given));

const subjects = fc
  .record({ roles: some(roles), agents: some(agents) })
  .filter((given) => given.roles.length + given.agents.length > 0);

const guards = record(
  maybe('maxRequestBytes', fc.constantFrom(10, 100, 1_000), 0.3),
  maybe('maxResponseBytes', fc.constantFrom(10, 100, 1_000), 0.3),
  maybe('when', fc.constantFrom(...Object.keys(literalConditions)), 0.3),
  maybe(
    'pii',
    fc
      .record({
        detect: fc.subarray([...piiKinds], { minLength: 1 }),
        on: fc.constantFrom('request', 'response'),
        effect: fc.constantFrom('deny', 'redact'),
      })
      .map(({ on, ...rest }) => ({ ...rest, on, ...(on === 'request' ? { effect: 'deny' } : {}) })),
    0.3,
  ),
  maybe('streaming', fc.constant('deny'), 0.2),
  maybe('domains', record(maybe('allow', some(domains)), maybe('deny', some(domains)))),
  maybe('models', fc.record({ allow: some(models) })),
  maybe('recipients', fc.record({ allow: some(recipients) })),
);

const schedule = fc.record({
  timezone: fc.constantFrom('America/New_York', 'Asia/Kolkata', 'UTC'),
  days: fc.subarray([...weekdays], { minLength: 3 }),
  from: fc.constantFrom('00:30', '02:00', '09:00', '22:00'),
  to: fc.constantFrom('01:15', '03:00', '17:00', '24:00'),
});

const response = record(
  maybe('redact', some(['api_key', '**.token', 'items.*.email'])),
  maybe(
    'truncate',
    fc.dictionary(fc.constantFrom('content', 'title'), fc.nat(20), { noNullPrototype: true }),
  ),
  maybe('block', some(['secret', '[A-Z]{20}'])),
);

/** Quotas of a policy's own scopes, no two of which count the same. */
function withQuotas(policy: Policy): fc.Arbitrary<Policy> {
  if (policy.allow === undefined || policy.allow.length === 0) return fc.constant(policy);
  const quota = fc.record({
    scope: fc.constantFrom(...policy.allow),
    limit: fc.integer({ min: 1, max: 9 }),
    window: fc.constantFrom('1s', '24h'),
    per: fc.constantFrom('agent', 'role'),
  });
  const selector = ({ scope, window, per }: Record<string, unknown>) => `${scope} ${window} ${per}`;
  return maybe('quotas', fc.uniqueArray(quota, { selector, maxLength: 3 }), 0.3).map((quotas) => ({
    ...policy,
    ...quotas,
  }));
}

function policyWith(...parts: fc.Arbitrary<object>[]): fc.Arbitrary<Policy> {
  const name = fc.stringMatching(/^[a-z][a-z0-9_-]{0,5}$/);
  return record(
    fc.record({ name, subjects }),
    maybe('mode', fc.constantFrom('enforce', 'shadow'), 0.4),
    maybe('intents', some(intents), 0.7),
    maybe('guards', guards),
    maybe('schedule', schedule, 0.2),
    maybe('response', response, 0.3),
    ...parts,
  ).chain(withQuotas);
}

const distinct = (policy: fc.Arbitrary<Policy>) =>
  fc.uniqueArray(policy, { selector: ({ name }) => name, maxLength: 6, size: 'max' });

/** Policies of distinct names that allow and deny. */
export const policies = distinct(
  policyWith(
    maybe('allow', some(scopes), 9),
    fc.oneof({ weight: 6, arbitrary: fc.constant({}) }, maybe('deny', some(scopes))),
  ),
);

/** Policies of distinct names that deny nothing. */
export const allowingPolicies = distinct(policyWith(maybe('allow', some(scopes), 9)));

const noFacts: Facts = { url: [], model: [], recipient: [] };
const someOf = (values: readonly string[]) => fc.subarray([...values], { minLength: 1, maxLength: 2 });
const mails = ['ada@company.com', 'eve@company.com', 'x@example.org', 'Ada <ada@company.com>'];

/** A scope with facts of the kind that its tool has. */
const scopeAndFacts: fc.Arbitrary<Pick<PolicyCall, 'scope' | 'facts'>> = fc.oneof(
  someOf(urls).map((url) => ({ scope: 'http_fetch:get', facts: { ...noFacts, url } })),
  someOf(['gpt-4o', 'gpt-4o-mini', 'o1']).map((model) => ({
    scope: 'openai:chat',
    facts: { ...noFacts, model },
  })),
  someOf(mails).map((recipient) => ({ scope: 'gmail_send:send', facts: { ...noFacts, recipient } })),
);

const agent = fc.record({ id: fc.constantFrom(...agents), role: fc.constantFrom(...roles) });

export const call: fc.Arbitrary<TimedCall> = fc
  .record({
    subject: agent,
    intent: fc.option(fc.constantFrom(...intents), { nil: undefined }),
    params: fc.record({ q: fc.constantFrom(...texts), n: fc.constantFrom(1, 4111111111111111) }),
    requestBytes: fc.constantFrom(10, 11, 100, 1_000),
    streamed: fc.boolean(),
    at: fc.constantFrom(...times).map((time) => new Date(time)),
    scopeAndFacts,
  })
  .map(({ scopeAndFacts: asked, ...rest }) => ({ ...rest, ...asked }));

/** A call of an agent for which one to three others act. */
export const callWithActors: fc.Arbitrary<TimedCall & { readonly actors: readonly PolicySubject[] }> = fc
  .record({ asked: call, actors: fc.array(agent, { minLength: 1, maxLength: 3 }) })
  .map(({ asked, actors }) => ({ ...asked, actors }));
