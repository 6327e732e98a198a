import MailComposer from 'nodemailer/lib/mail-composer';
import type { SendParams } from './manifest.ts';
import { readAttachments } from './read-attachments.ts';

/**
 * The message of a call in the Internet Message Format (RFC 5322), UTF-8 throughout. Files and URLs are never read. Its
 * `Message-ID` is made of the call's id, so that a mail can be traced back to its call.
 *
 * @throws ProblemError `params.invalid` for attachments that are not base64, or too large together
 */
export async function composeMessage(
  { to, cc, bcc, subject, text, html, attachments }: SendParams,
  { sender, callId }: { sender: string; callId: string },
): Promise<Buffer> {
  const files = readAttachments(attachments);
  const message = new MailComposer({
    from: toMailbox(sender),
    to: toMailboxes(to),
    ...(cc === undefined ? {} : { cc: toMailboxes(cc) }),
    ...(bcc === undefined ? {} : { bcc: toMailboxes(bcc) }),
    subject,
    text,
    ...(html === undefined ? {} : { html }),
    attachments: files.map((file) => ({ ...file, contentDisposition: 'attachment' as const })),
    messageId: `<${callId.replaceAll(/[^\w.-]/g, '')}@${sender.slice(sender.lastIndexOf('@') + 1)}>`,
    disableFileAccess: true,
    disableUrlAccess: true,
  }).compile();
  // Gmail takes the recipients from the headers, and leaves Bcc out of what it delivers.
  message.keepBcc = true;
  return message.build();
}

interface Mailbox {
  readonly name: string;
  readonly address: string;
}

function toMailboxes(addresses: string | readonly string[]): Mailbox[] {
  return (typeof addresses === 'string' ? [addresses] : addresses).map(toMailbox);
}

/** As an object, an address is taken as it is; as text it would be parsed as a list. */
function toMailbox(address: string): Mailbox {
  return { name: '', address };
}
