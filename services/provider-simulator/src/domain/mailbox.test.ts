import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createMailbox, type Mail } from './mailbox.ts';

const mail = (id: string, bytes = 1): Mail => ({
  ...{
    id,
    bytes,
    from: '',
    to: [],
    cc: [],
    bcc: [],
    subject: '',
    text: '',
    html: '',
    attachments: [],
    receivedAt: '',
  },
});

function filled(limits: { mailsMax: number; bytesMax: number }, ...mails: Mail[]) {
  const mailbox = createMailbox(limits);
  for (const each of mails) mailbox.add(each);
  return mailbox;
}

describe('the mailbox', () => {
  it('keeps the newest mails and still knows how many there were', () => {
    const mailbox = filled({ mailsMax: 2, bytesMax: 99 }, mail('a'), mail('b'), mail('c'));
    const { received, items } = mailbox.page(10);
    assert.deepEqual([received, items.map(({ id }) => id)], [3, ['c', 'b']]);
  });

  it('keeps no more bytes than it may', () => {
    const { items } = filled({ mailsMax: 9, bytesMax: 10 }, mail('a', 6), mail('b', 6)).page(10);
    assert.deepEqual(
      items.map(({ id }) => id),
      ['b'],
    );
  });

  it('leads through all its pages, while mails come and go', () => {
    const mailbox = filled({ mailsMax: 3, bytesMax: 99 }, mail('a'), mail('b'), mail('c'));
    const first = mailbox.page(1);
    mailbox.add(mail('d'));
    const second = mailbox.page(1, first.nextCursor ?? assert.fail('there is another page'));
    assert.deepEqual(
      [...first.items, ...second.items].map(({ id }) => id),
      ['c', 'b'],
    );
    assert.equal(second.nextCursor, null);
  });
});
