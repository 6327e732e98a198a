import { matchesOf, type Span } from './detector.ts';

const written = /(?<![\d-])(\d{3})([ -])(\d{2})\2(\d{4})(?![\d-])/g;

/**
 * US social security numbers as they are written, `123-45-6789` or `123 45 6789`, of numbers that can have been given out: no
 * area 000, 666 or from 900 on, no group 00, no serial 0000. Nine digits in a row say too little.
 */
export function* findSocialSecurityNumbers(text: string): Iterable<Span> {
  for (const { start, end, text: number } of matchesOf(written, text)) {
    const [area = '', group, serial] = number.split(/[ -]/);
    const isArea = area !== '000' && area !== '666' && area < '900';
    if (isArea && group !== '00' && serial !== '0000') yield { start, end };
  }
}
