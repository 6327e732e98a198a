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
  readonly receivedAt: string;
}

/** The newest mails, oldest first; older ones are dropped, their number stays. */
export interface Mailbox {
  readonly received: number;
  add(mail: Mail): void;
  newest(limit: number): readonly Mail[];
}

/** How many mails are kept. */
export const mailsMax = 20_000;

export function createMailbox(): Mailbox {
  const mails: Mail[] = [];
  let received = 0;
  return {
    get received() {
      return received;
    },
    add(mail) {
      received += 1;
      mails.push(mail);
      if (mails.length > mailsMax) mails.shift();
    },
    newest: (limit) => mails.slice(Math.max(0, mails.length - limit)),
  };
}
