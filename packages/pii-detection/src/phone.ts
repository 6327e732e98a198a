import { parsePhoneNumberFromString } from 'libphonenumber-js/min';
import { matchesOf, type Span } from './detector.ts';

/** `+` and 8 to 15 digits (ITU-T E.164), with at most two separators before each. */
const international = /\+(?:[ ().\-/]{0,2}\d){8,15}(?!\d)/g;

/** How numbers are written in North America: `(212) 555-0100`, `212-555-0100`, `1 212.555.0100`. */
const northAmerican = /(?<![\d+-])(?:1[ .-])?(?:\([2-9]\d{2}\) ?|[2-9]\d{2}[ .-])\d{3}[ .-]\d{4}(?![\d-])/g;

/** How many numbers of one text are looked up; each costs some ten microseconds. */
const lookupsMax = 1_000;

/**
 * Phone numbers: written internationally, of a country code that there is and of a length that fits it (libphonenumber), or
 * written as in North America. Other national forms cannot be told from other numbers. In a text with more candidates than
 * can be looked up the others count as phone numbers.
 */
export function* findPhoneNumbers(text: string): Iterable<Span> {
  let lookups = 0;
  for (const { start, end, text: written } of matchesOf(international, text)) {
    lookups += 1;
    if (lookups > lookupsMax || parsePhoneNumberFromString(written)?.isPossible() === true)
      yield { start, end };
  }
  yield* matchesOf(northAmerican, text);
}
