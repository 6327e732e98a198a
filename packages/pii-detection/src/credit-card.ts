import { matchesOf, type Span } from './detector.ts';

/** Digits in groups, with a space or a hyphen between groups. */
const digitGroups = /\d(?:[ -]?\d){12,}/g;

/** How numbers of each network begin, and how many digits they have. */
const networks: readonly { readonly begins: RegExp; readonly lengths: readonly number[] }[] = [
  { begins: /^4/, lengths: [13, 16, 19] },
  { begins: /^(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, lengths: [16] },
  { begins: /^3[47]/, lengths: [15] },
  { begins: /^3(?:0[0-5]|[689])/, lengths: [14, 16, 17, 18, 19] },
  { begins: /^(?:6|50|5[6-9]|35(?:2[89]|[3-8]))/, lengths: [16, 17, 18, 19] },
];
const beginningLength = 4;

/** Numbers of payment cards: of a network that there is, with a right check digit (Luhn, ISO/IEC 7812-1). */
export function* findCreditCards(text: string): Iterable<Span> {
  for (const { start, text: written } of matchesOf(digitGroups, text)) {
    for (const span of cardsAmong(written)) yield { start: start + span.start, end: start + span.end };
  }
}

/** A number begins where a group does, and ends where one does. */
function* cardsAmong(written: string): Iterable<Span> {
  const places = Array.from(matchesOf(/\d/g, written), ({ start }) => start);
  const digits = written.replaceAll(/[ -]/g, '');
  const isBetweenGroups = (index: number) => (places[index - 1] ?? -2) + 1 !== (places[index] ?? -1);
  for (let first = 0; first < digits.length; first += 1) {
    if (!isBetweenGroups(first)) continue;
    const fits = (length: number) => isBetweenGroups(first + length) && hasCheckDigit(digits, first, length);
    const length = lengthsOf(digits.slice(first, first + beginningLength)).find(
      (some) => first + some <= digits.length && fits(some),
    );
    if (length === undefined) continue;
    yield { start: places[first] ?? 0, end: (places[first + length - 1] ?? 0) + 1 };
    first += length - 1;
  }
}

/** How many digits a number can have that begins so. */
function lengthsOf(beginning: string): readonly number[] {
  return networks.find(({ begins }) => begins.test(beginning))?.lengths ?? [];
}

const codeOfZero = 48;

/** From the right every second digit counts double, and the digits of that are added; the sum ends in 0. */
function hasCheckDigit(digits: string, first: number, length: number): boolean {
  let sum = 0;
  for (let index = 0; index < length; index += 1) {
    const digit = digits.charCodeAt(first + length - 1 - index) - codeOfZero;
    const counted = index % 2 === 0 ? digit : digit * 2;
    sum += counted > 9 ? counted - 9 : counted;
  }
  return sum % 10 === 0;
}
