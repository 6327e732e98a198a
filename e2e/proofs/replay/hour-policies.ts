import type { Policy } from '@4runr/contracts/policy';

/** Roles of the hour's agents; each has a policy of its name but for `nobody`. */
export const hourRoles = [
  'hour-reader',
  'hour-writer',
  'hour-payer',
  'hour-mailer',
  'hour-clerk',
  'hour-night',
  'hour-aide',
  'hour-changed',
  'hour-nobody',
] as const;
export type HourRole = (typeof hourRoles)[number];

/** What a chat may use at most that is meant to fit, and one that is not, in tokens of the answer. */
export const chatTokens = { small: 100, big: 100_000 } as const;
/** Room for every small chat of the hour, since these are settled to what they used, and for no big one. */
const tokensMax = 90_000;
/** A small chat reserves 0.00006 $ and more, a big one 0.06 $ and more. */
const usdMax = 0.05;

export interface HourShape {
  /** Calls of the whole hour: limits of calls are shares of it, so that they are met in its course. */
  readonly calls: number;
  /** When the clerks' day ends: a full minute. */
  readonly closesAt: Date;
}

/** Mails of one agent. */
export const mailsMax = ({ calls }: Pick<HourShape, 'calls'>) => Math.max(4, Math.ceil(calls * 0.02));
const searchesMax = ({ calls }: Pick<HourShape, 'calls'>) => Math.max(4, Math.ceil(calls * 0.04));

export const zone = 'Asia/Kolkata';

/** `HH:MM` on a wall in India. */
export function wallClock(at: Date): string {
  return at.toLocaleTimeString('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit' });
}

const everyDay = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const later = (at: Date, hours: number) => new Date(at.getTime() + hours * 3_600_000);

/** The clerks may call from long before the hour until the time of closing. */
export function clerkPolicy(closesAt: Date): Policy {
  return {
    ...{ name: 'hour-clerk', subjects: { roles: ['hour-clerk'] }, allow: ['serpapi:search'] },
    schedule: {
      timezone: zone,
      days: [...everyDay],
      from: wallClock(later(closesAt, -12)),
      to: wallClock(closesAt),
    },
  };
}

export const readerPolicy = (shape: Pick<HourShape, 'calls'>): Policy => ({
  name: 'hour-reader',
  subjects: { roles: ['hour-reader'] },
  allow: ['serpapi:search', 'http_fetch:get', 'http_fetch:head'],
  guards: {
    domains: { allow: ['example.com'] },
    when: '!has(params.q) || size(params.q) <= 40',
    maxResponseBytes: 1_000_000,
  },
  quotas: [{ scope: 'serpapi:search', limit: searchesMax(shape), window: '1h', algorithm: 'fixed' }],
  response: { redact: ['**.snippet'], truncate: { '**.title': 20 } },
});

export const writerPolicy = (quota: { limit: number } = { limit: tokensMax }): Policy => ({
  name: 'hour-writer',
  subjects: { roles: ['hour-writer'] },
  allow: ['openai:chat'],
  intents: ['support'],
  guards: { models: { allow: ['gpt-4o-mini'] }, pii: { detect: ['ssn'], on: 'request', effect: 'deny' } },
  quotas: [{ scope: 'openai:chat', window: '1d', per: 'role', cost: 'tokens', ...quota }],
});

export const payerPolicy = (quota: { limit: number } = { limit: usdMax }): Policy => ({
  name: 'hour-payer',
  subjects: { roles: ['hour-payer'] },
  allow: ['openai:chat'],
  guards: { streaming: 'deny' },
  quotas: [{ scope: 'openai:chat', window: '1d', cost: 'usd', ...quota }],
});

export const mailerPolicy = (limit: number): Policy => ({
  name: 'hour-mailer',
  subjects: { roles: ['hour-mailer'] },
  allow: ['gmail_send:send'],
  guards: { recipients: { allow: ['*@company.com'] }, maxRequestBytes: 4_000 },
  quotas: [{ scope: 'gmail_send:send', limit, window: '1d' }],
});

/** Ends searches of a role, in the course of the hour. */
export const endingPolicy: Policy = {
  name: 'hour-ending',
  subjects: { roles: ['hour-changed'] },
  deny: ['serpapi:search'],
};

/** Tried out: who has no policy might search for tea. */
export const triedPolicy = (when: string, mode: 'shadow' | 'enforce'): Policy => ({
  ...{
    name: 'hour-tried',
    subjects: { roles: ['hour-nobody'] },
    mode,
    allow: ['serpapi:search'],
    guards: { when },
  },
});
export const asksForTea = 'params.q.contains("tea")';

/** Everything that is active from the beginning. @param stopped an agent that may not mail, whatever its role may */
export function hourPolicies(shape: HourShape, stopped: string): readonly Policy[] {
  const open = (name: HourRole): Policy => ({ name, subjects: { roles: [name] }, allow: ['serpapi:search'] });
  const night = later(shape.closesAt, 6);
  return [
    readerPolicy(shape),
    writerPolicy(),
    payerPolicy(),
    mailerPolicy(mailsMax(shape)),
    { name: 'hour-stopped', subjects: { agents: [stopped] }, deny: ['gmail_send:send'] },
    clerkPolicy(shape.closesAt),
    {
      ...open('hour-night'),
      schedule: {
        timezone: zone,
        days: [...everyDay],
        from: wallClock(night),
        to: wallClock(later(night, 2)),
      },
    },
    triedPolicy(asksForTea, 'shadow'),
    open('hour-aide'),
    open('hour-changed'),
  ];
}
