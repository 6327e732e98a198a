/**
 * Greetings in charsets that are not UTF-8, as bytes: Node writes few of them. Each with what it says, so that a reader of the
 * code, and a test, can tell.
 */
const greetings: Readonly<Record<string, readonly [text: string, hex: string]>> = {
  'iso-8859-1': ['Grüße', '4772fcdf65'],
  'windows-1252': ['10 € – Grüße', '31302080209620 4772fcdf65'],
  'iso-8859-15': ['10 €', '313020a4'],
  'koi8-r': ['Привет', 'f0d2c9d7c5d4'],
  'windows-1251': ['Привет', 'cff0e8e2e5f2'],
  shift_jis: ['こんにちは', '82b182f182c982bf82cd'],
  'euc-jp': ['こんにちは', 'a4b3a4f3a4cba4c1a4cf'],
  gb18030: ['你好', 'c4e3bac3'],
  big5: ['你好', 'a741a66e'],
  'euc-kr': ['안녕', 'bec8b3e7'],
};

/** What a charset's page says. */
export function greetingOf(charset: string): string | undefined {
  return greetings[charset]?.[0];
}

/** The charsets that there are pages in. */
export const charsets: readonly string[] = [...Object.keys(greetings), 'utf-16le'];

/** A document in a charset, which may declare it itself. UTF-16 begins with its byte order mark, whatever is declared. */
export function textInCharset(charset: string, declares: boolean): Buffer | undefined {
  const head = declares ? `<!doctype html><meta charset="${charset}">` : '<!doctype html>';
  if (charset === 'utf-16le') return Buffer.from(`\ufeff${head}<p>Grüße, 你好</p>`, 'utf16le');
  const greeting = Object.hasOwn(greetings, charset) ? greetings[charset] : undefined;
  if (greeting === undefined) return undefined;
  const bytes = Buffer.from(greeting[1].replaceAll(' ', ''), 'hex');
  return Buffer.concat([Buffer.from(`${head}<p>`), bytes, Buffer.from('</p>')]);
}
