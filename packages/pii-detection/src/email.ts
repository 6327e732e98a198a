import type { Span } from './detector.ts';

/** RFC 5321 section 4.5.3.1, in characters. */
const localLengthMax = 64;
const domainLengthMax = 255;

const localEnd = /[\p{L}\p{N}!#$%&'*+/=?^_`{|}~.-]{1,64}$/u;
const domainStart = /^[\p{L}\p{N}.-]{1,255}/u;
const label = /^[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?$/u;
const topLevelLabel = /^\p{L}[\p{L}\p{N}-]{0,61}[\p{L}\p{N}]$/u;

/** Mail addresses, internationalised ones too: what stands around every `@` is looked at, no further than an address is long. */
export function* findEmails(text: string): Iterable<Span> {
  let end = 0;
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    const local = localEnd.exec(text.slice(Math.max(end, at - localLengthMax), at))?.[0];
    if (local === undefined) continue;
    const domain = domainAt(text, at + 1);
    if (domain === undefined) continue;
    end = at + 1 + domain.length;
    yield { start: at - local.length, end };
  }
}

/** The longest domain of two labels or more, the last of which is no number. */
function domainAt(text: string, start: number): string | undefined {
  const [written = ''] = domainStart.exec(text.slice(start, start + domainLengthMax)) ?? [];
  const labels = written.split('.');
  const firstWrong = labels.findIndex((part) => !label.test(part));
  const right = firstWrong < 0 ? labels : labels.slice(0, firstWrong);
  const last = right.findLastIndex((part) => topLevelLabel.test(part));
  return last < 1 ? undefined : right.slice(0, last + 1).join('.');
}
