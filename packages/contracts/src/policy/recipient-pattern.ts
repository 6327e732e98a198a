import * as z from 'zod';

/** One plain address. `domain` is in lower case; the local part is as written, since its case counts. */
export interface MailAddress {
  readonly local: string;
  readonly domain: string;
}

/** A compiled pattern: one mailbox, or with `*` as its local part everybody, at exactly one domain. */
export type RecipientPattern = MailAddress;

/**
 * The dot-atom form of RFC 5322 section 3.4.1 in ASCII, without `*`, and without `!` and `%`, by which old relays route mail
 * elsewhere. No display names, quoted local parts, comments, address literals or internationalised addresses: two
 * programs may read those differently, and then policy would judge another recipient than the one that gets the mail.
 */
const addressForm =
  /^(?<local>[\w#$&'+/=?^`{|}~-]+(?:\.[\w#$&'+/=?^`{|}~-]+)*)@(?<domain>(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?)$/i;

/** RFC 5321 section 4.5.3.1, in characters, which are bytes here. */
const localLengthMax = 64;
const addressLengthMax = 254;

/** What may be turned into the ASCII form of a domain: letters of any script, but nothing that delimits parts of a URL. */
const domainText = /^[\p{L}\p{M}\p{N}.-]+$/u;

/**
 * Compiles `ada@company.com` or `*@company.com`. An internationalised domain becomes its ASCII form.
 *
 * @throws {TypeError} when the text is not such a pattern; `*@*.company.com` and `*` are none
 */
export function parseRecipientPattern(text: string): RecipientPattern {
  const [local = '', domain = '', ...rest] = text.split('@');
  const asciiDomain = domainText.test(domain) ? URL.parse(`http://${domain}`)?.hostname : undefined;
  const address = parseMailAddress(`${local === '*' ? 'anybody' : local}@${asciiDomain}`);
  if (address === undefined || rest.length > 0) throw new TypeError(`not a recipient: ${text}`);
  return local === '*' ? { local, domain: address.domain } : address;
}

/** Whether a recipient fits the pattern. Local parts are compared exactly (RFC 5321 section 2.4). */
export function matchesRecipient(pattern: RecipientPattern, recipient: MailAddress): boolean {
  if (recipient.domain !== pattern.domain) return false;
  return pattern.local === '*' || recipient.local === pattern.local;
}

/** Reads one plain address; anything else, a list or a display name included, is `undefined`. */
export function parseMailAddress(text: string): MailAddress | undefined {
  if (text.length > addressLengthMax) return undefined;
  const { local, domain } = addressForm.exec(text)?.groups ?? {};
  if (local === undefined || domain === undefined || local.length > localLengthMax) return undefined;
  return { local, domain: domain.toLowerCase() };
}

/** The text of a pattern as it stands in a policy. */
export const recipientPatternSchema = z
  .string()
  .max(addressLengthMax)
  .refine(isRecipientPattern, 'is not an address or `*@` before a domain');

function isRecipientPattern(text: string): boolean {
  try {
    parseRecipientPattern(text);
    return true;
  } catch {
    return false;
  }
}
