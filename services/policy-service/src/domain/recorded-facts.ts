import type { Facts } from '@4runr/contracts/decision';
import { parseMailAddress } from '@4runr/contracts/policy';

/** Most values of a kind that are recorded, and their longest: what a call may cost in memory is not for its agent to say. */
const valuesMax = 50;
const valueLengthMax = 2_048;

/** What stands for a value that cannot be read. */
const unreadable = '(unreadable)';

/** As much of the facts as is recorded, and whether that is less than there is. */
export function boundFacts(facts: Facts): { facts: Facts; isCut: boolean } {
  const isWithin = (values: readonly string[]) =>
    values.length <= valuesMax && values.every(({ length }) => length <= valueLengthMax);
  if (Object.values(facts).every(isWithin)) return { facts, isCut: false };
  const bound = (values: readonly string[]) =>
    values.slice(0, valuesMax).map((value) => value.slice(0, valueLengthMax));
  const { url, model, recipient } = facts;
  return { facts: { url: bound(url), model: bound(model), recipient: bound(recipient) }, isCut: true };
}

/** Whether values of a call of which something was cut may be what was. */
export function isMaybeCut(values: readonly string[]): boolean {
  return values.length >= valuesMax || values.some(({ length }) => length >= valueLengthMax);
}

/** The facts without what may be personal: of a url no credentials, query and fragment, of a recipient the domain alone. */
export function redactFacts({ url, model, recipient }: Facts): { shown: Facts; isRedacted: boolean } {
  const shown = { url: url.map(redactUrl), model, recipient: recipient.map(redactRecipient) };
  const isRedacted = recipient.length > 0 || url.some((value, index) => value !== shown.url[index]);
  return { shown, isRedacted };
}

function redactUrl(text: string): string {
  const url = URL.parse(text);
  return url === null || !/^https?:$/.test(url.protocol) ? unreadable : `${url.origin}${url.pathname}`;
}

function redactRecipient(text: string): string {
  const address = parseMailAddress(text);
  return address === undefined ? unreadable : `*@${address.domain}`;
}
