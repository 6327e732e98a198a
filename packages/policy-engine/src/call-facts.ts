import { type MailAddress, parseMailAddress } from '@4runr/contracts/policy';
import type { PolicyCall } from './policy-call.ts';

/** The facts of one call as guards compare them; a value that cannot be read is `undefined` and fits no guard. */
export interface CallFacts {
  readonly intent: string | undefined;
  readonly hosts: readonly (string | undefined)[];
  readonly models: readonly string[];
  readonly recipients: readonly (MailAddress | undefined)[];
}

/** Reads the facts once, for all policies. */
export function readFacts({ intent, facts }: PolicyCall): CallFacts {
  return {
    intent,
    hosts: facts.url.map(readHost),
    models: facts.model,
    recipients: facts.recipient.map(parseMailAddress),
  };
}

/** The host that a fetch of the url would reach: the WHATWG parser is the one that the adapter uses too. */
function readHost(text: string): string | undefined {
  const url = URL.parse(text);
  return url?.protocol === 'https:' || url?.protocol === 'http:' ? url.hostname : undefined;
}
