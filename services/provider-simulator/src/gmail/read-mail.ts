import { createHash } from 'node:crypto';
import PostalMime, { type Address, type Attachment } from 'postal-mime';
import type { Mail, MailAttachment } from '../domain/mailbox.ts';

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
    attachments: parsed.attachments.map(describeAttachment),
  };
}

function addressesOf(addresses: readonly Address[] = []): string[] {
  return addresses.flatMap(({ address, group }) =>
    group === undefined ? [address ?? ''] : addressesOf(group),
  );
}

function describeAttachment({ filename, mimeType, content }: Attachment): MailAttachment {
  const bytes = typeof content === 'string' ? Buffer.from(content) : Buffer.from(content as ArrayBuffer);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { filename: filename ?? '', contentType: mimeType, bytes: bytes.length, sha256 };
}
