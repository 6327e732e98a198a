/** A mail as the simulated Gmail received it. */
export interface Mail {
  /** The id that the sender was answered with. */
  readonly id: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly cc: readonly string[];
  readonly bcc: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly attachments: readonly MailAttachment[];
  /** Size of the whole message as it was sent. */
  readonly bytes: number;
  readonly receivedAt: string;
}

/** A file of a mail; its content itself is not kept. */
export interface MailAttachment {
  readonly filename: string;
  readonly contentType: string;
  readonly bytes: number;
  /** Of the content, in hex. */
  readonly sha256: string;
}

/** A page of mails, newest first. */
export interface MailPage {
  /** Mails since the start, those that are no longer kept included. */
  readonly received: number;
  readonly items: readonly Mail[];
  /** Gives the next page, of older mails; null on the last. */
  readonly nextCursor: number | null;
}

/** The newest mails; the oldest go when there are too many, or too large ones. */
export interface Mailbox {
  add(mail: Mail): void;
  /** @param cursor `nextCursor` of the page before; without it the newest mails */
  page(limit: number, cursor?: number): MailPage;
}

export interface MailboxLimits {
  readonly mailsMax: number;
  readonly bytesMax: number;
}

const defaultLimits: MailboxLimits = { mailsMax: 20_000, bytesMax: 64 * 1_048_576 };

export function createMailbox({ mailsMax, bytesMax }: MailboxLimits = defaultLimits): Mailbox {
  const mails: Mail[] = [];
  let received = 0;
  let bytes = 0;
  return {
    add(mail) {
      received += 1;
      bytes += mail.bytes;
      mails.push(mail);
      while (mails.length > mailsMax || bytes > bytesMax) bytes -= mails.shift()?.bytes ?? 0;
    },
    page(limit, cursor) {
      const oldest = received - mails.length;
      const end = Math.max(0, Math.min(mails.length, (cursor ?? received) - oldest));
      const start = Math.max(0, end - limit);
      const items = mails.slice(start, end).reverse();
      return { received, items, nextCursor: start > 0 ? oldest + start : null };
    },
  };
}
