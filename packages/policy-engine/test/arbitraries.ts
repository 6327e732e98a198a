import type { Facts } from '@4runr/contracts/decision';
import type { Policy } from '@4runr/contracts/policy';
import fc from 'fast-check';
import type { PolicyCall, PolicySubject } from '../src/index.ts';

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

const some = <T>(values: readonly T[]) => fc.subarray([...values]);
/** A member that is there `present` times for each time that it is not. */
const maybe = <T>(key: string, value: fc.Arbitrary<T>, present = 1) =>
  fc
    .option(value, { nil: undefined, freq: present + 1 })
    .map((given) => (given === undefined ? {} : { [key]: given }));
const record = (...parts: fc.Arbitrary<object>[]) =>
  fc.tuple(...parts).map((given) => Object.assign({}, ...given));

const subjects = fc
  .record({ roles: some(roles), agents: some(agents) })
  .filter((given) => given.roles.length + given.agents.length > 0);

const guards = record(
  maybe('domains', record(maybe('allow', some(domains)), maybe('deny', some(domains)))),
  maybe('models', fc.record({ allow: some(models) })),
  maybe('recipients', fc.record({ allow: some(recipients) })),
);

function policyWith(...parts: fc.Arbitrary<object>[]): fc.Arbitrary<Policy> {
  const name = fc.stringMatching(/^[a-z][a-z0-9_-]{0,5}$/);
  return record(
    fc.record({ name, subjects }),
    maybe('intents', some(intents)),
    maybe('guards', guards),
    ...parts,
  );
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

export const call: fc.Arbitrary<PolicyCall> = fc
  .record({
    subject: agent,
    intent: fc.option(fc.constantFrom(...intents), { nil: undefined }),
    scopeAndFacts,
  })
  .map(({ scopeAndFacts: asked, ...rest }) => ({ ...rest, ...asked }));

/** A call of an agent for which one to three others act. */
export const callWithActors: fc.Arbitrary<PolicyCall & { readonly actors: readonly PolicySubject[] }> = fc
  .record({ asked: call, actors: fc.array(agent, { minLength: 1, maxLength: 3 }) })
  .map(({ asked, actors }) => ({ ...asked, actors }));
