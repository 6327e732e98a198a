import type { Policy } from '@4runr/contracts/policy';
import {
  asksForTea,
  clerkPolicy,
  endingPolicy,
  mailerPolicy,
  mailsMax,
  payerPolicy,
  readerPolicy,
  triedPolicy,
  writerPolicy,
} from './hour-policies.ts';
import type { MadeCall } from './hour-records.ts';
import type { HourKind } from './hour-traffic.ts';
import type { RecordedHour } from './record-hour.ts';

/** What a candidate would have made of a call, `open` where that is not recorded, `same` where it has no say in it. */
export type Expected = 'allowed' | 'denied' | 'limited' | 'open' | 'same';

/** A changed policy, and what is expected of it: read off the traffic itself, by none of the code that decides. */
export interface Candidate {
  readonly change: string;
  readonly policy: Policy;
  /** @param earlier the calls before, in their order */
  readonly expect: (call: MadeCall, earlier: readonly MadeCall[]) => Expected;
}

const kindIs = (call: MadeCall, ...kinds: readonly HourKind[]) => kinds.includes(call.kind);
const searchesOfReaders = ['search', 'search for another'] as const;
const searchesByAides = ['search by an aide', 'search by an aide that fails', 'search for another'] as const;
const chats = ['chat', 'chat of more tokens than there are'] as const;
const paidChats = ['paid chat', 'paid chat of more than there is'] as const;

export function candidatesOf({ shape, from }: Pick<RecordedHour, 'shape' | 'from'>): readonly Candidate[] {
  const { guards: _guards, ...unguarded } = readerPolicy(shape);
  const { intents: _intents, ...ofAnyIntent } = writerPolicy();
  const { schedule: _schedule, ...atAnyTime } = clerkPolicy(shape.closesAt);
  const earlierClosing = new Date(midOf(from, shape.closesAt));
  const mails = mailsMax(shape);
  return [
    {
      change: 'readers may search no more',
      policy: { name: 'hour-closed', subjects: { roles: ['hour-reader'] }, deny: ['serpapi:search'] },
      expect: (call) => (kindIs(call, ...searchesOfReaders) ? 'denied' : 'same'),
    },
    {
      change: 'aides may search no more, neither for themselves nor for others',
      policy: { name: 'hour-aide', subjects: { roles: ['hour-aide'] }, deny: ['serpapi:search'] },
      expect: (call) => (kindIs(call, ...searchesByAides) ? 'denied' : 'same'),
    },
    {
      change:
        'readers without guards: pages of any host, and searches of any length, of which no quota was asked then',
      policy: unguarded,
      expect: (call) => {
        if (kindIs(call, 'page elsewhere')) return 'allowed';
        return kindIs(call, 'search that is too long') ? 'open' : 'same';
      },
    },
    {
      change: 'a quarter as many mails of each agent',
      policy: mailerPolicy(Math.floor(mails / 4)),
      expect: (call, earlier) => expectMail(call, earlier, Math.floor(mails / 4)),
    },
    {
      change: 'one more mail of each agent',
      policy: mailerPolicy(mails + 1),
      expect: (call) => (call.record.decision === 'limited' && kindOfMail(call) ? 'allowed' : 'same'),
    },
    {
      change: 'chats about anything: where the intent was missing the quota was not asked',
      policy: ofAnyIntent,
      expect: (call) => (kindIs(call, 'chat about something else') ? 'open' : 'same'),
    },
    {
      change: 'a million tokens for the role',
      policy: writerPolicy({ limit: 1_000_000 }),
      expect: (call) => (kindIs(call, ...chats) ? 'allowed' : 'same'),
    },
    {
      change: 'fewer tokens for the role than one answer may have',
      policy: writerPolicy({ limit: 100 }),
      expect: (call) => (kindIs(call, ...chats) ? 'limited' : 'same'),
    },
    {
      change: 'a hundred dollars for each agent',
      policy: payerPolicy({ limit: 100 }),
      expect: (call) => (kindIs(call, ...paidChats) ? 'allowed' : 'same'),
    },
    {
      change: 'clerks at any time',
      policy: atAnyTime,
      expect: (call) => (kindIs(call, 'search by a clerk') ? 'allowed' : 'same'),
    },
    {
      change: 'clerks until halfway from the beginning to their closing time',
      policy: clerkPolicy(earlierClosing),
      expect: (call) => {
        if (!kindIs(call, 'search by a clerk')) return 'same';
        return new Date(call.record.at) < earlierClosing ? 'allowed' : 'denied';
      },
    },
    {
      change: 'what was changed on the way, from the beginning',
      policy: endingPolicy,
      expect: (call) => (kindIs(call, 'search until it is ended') ? 'denied' : 'same'),
    },
    {
      change: 'what was changed on the way, never',
      policy: { ...endingPolicy, mode: 'shadow' },
      expect: (call) => (kindIs(call, 'search until it is ended') ? 'allowed' : 'same'),
    },
    {
      change: 'what was in shadow, enforced',
      policy: triedPolicy(asksForTea, 'enforce'),
      expect: (call) =>
        kindIs(call, 'search by nobody') && String(call.params.q).includes('tea') ? 'allowed' : 'same',
    },
    {
      change: 'another condition than the one in shadow: what it asks of parameters was not read then',
      policy: triedPolicy('params.q.contains("rain")', 'enforce'),
      expect: (call) => (kindIs(call, 'search by nobody') ? 'open' : 'same'),
    },
  ];
}

const kindOfMail = (call: MadeCall) => kindIs(call, 'mail', 'mail again', 'mail to many');

/** The first so many that an agent sent are within the limit; what was only answered again, or given back, takes nothing. */
function expectMail(call: MadeCall, earlier: readonly MadeCall[], limit: number): Expected {
  if (!kindOfMail(call) || call.isRepeated) return 'same';
  if (call.record.decision === 'limited') return 'limited';
  const sent = earlier.filter(
    (each) =>
      each.record.agent === call.record.agent &&
      each.record.decision === 'allowed' &&
      each.record.dispatched !== 'no' &&
      !each.isRepeated,
  );
  return sent.length < limit ? 'allowed' : 'limited';
}

/** A full minute, as schedules have them. */
function midOf(from: string, closesAt: Date): number {
  return Math.ceil((Date.parse(from) + closesAt.getTime()) / 2 / 60_000) * 60_000;
}
