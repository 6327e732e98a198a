import PostalMime, { type Address } from 'postal-mime';
import type { Mail } from '../domain/mailbox.ts';

/** A message (RFC 5322) as mail software reads it: what a recipient would see, not what the sender meant. */
export async function readMail(raw: Buffer): Promise<Omit<Mail, 'id' | 'bytes' | 'receivedAt'>> {
  const parsed = await PostalMime.parse(raw);
  return {
    from: addressesOf(parsed.from === undefined ? [] : [parsed.from])[0] ?? '',
    to: addressesOf(parsed.to),
    cc: addressesOf(parsed.cc),
    bcc: addressesOf(parsed.bcc),
    subject: parsed.subject ?? '',
    text: (parsed.text ?? '').trimEnd(),
    html: (parsed.html ?? '').trimEnd(),
  };
}

function addressesOf(addresses: readonly Address[] = []): string[] {
  return addresses.flatMap(({ address, group }) =>
    group === undefined ? [address ?? ''] : addressesOf(group),
  );
}
