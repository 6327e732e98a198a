import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import PostalMime from 'postal-mime';
import { composeMessage } from './compose-message.ts';
import { attachmentBytesMax, type SendParams } from './manifest.ts';

const compose = async (params: Partial<SendParams>, callId = 'call_1') => {
  const full = { to: 'ada@company.com', subject: 'Hello', text: 'Hello', ...params };
  return (await composeMessage(full, { sender: 'gateway@company.com', callId })).toString();
};
const headerOf = (message: string, name: string) => new RegExp(`^${name}: (.*)\r$`, 'm').exec(message)?.[1];

describe('composeMessage', () => {
  it('names sender, recipients and hidden recipients', async () => {
    const message = await compose({
      to: ['ada@company.com', 'bob@company.com'],
      cc: 'eve@company.com',
      bcc: ['kim@company.com'],
    });
    const names = ['From', 'To', 'Cc', 'Bcc'];
    const expected = [
      'gateway@company.com',
      'ada@company.com, bob@company.com',
      'eve@company.com',
      'kim@company.com',
    ];
    assert.deepEqual(
      names.map((name) => headerOf(message, name)),
      expected,
    );
  });

  it('encodes subject and text as UTF-8', async () => {
    const message = await compose({ subject: 'Grüße €', text: 'naïve ☃' });
    assert.equal(headerOf(message, 'Subject'), `=?UTF-8?B?${Buffer.from('Grüße €').toString('base64')}?=`);
    assert.match(message, /Content-Type: text\/plain; charset=utf-8/);
    assert.match(message, /na=C3=AFve =E2=98=83/);
  });

  it('offers HTML as an alternative to the text', async () => {
    const message = await compose({ html: '<p>Hello</p>' });
    assert.match(message, /Content-Type: multipart\/alternative;/);
    assert.ok(message.indexOf('text/plain') < message.indexOf('text/html'));
  });

  it('can be traced back to its call', async () => {
    assert.equal(headerOf(await compose({}, 'call_01k3'), 'Message-ID'), '<call_01k3@company.com>');
  });

  it('lets no value become a header, even past the schema', async () => {
    const evil = 'x\r\nBcc: mallory@evil.test\r\n\r\nbody';
    for (const message of [
      await compose({ subject: evil }),
      await compose({ to: `ada@company.com${evil}` }),
      await compose({ cc: [evil] }),
      await compose({}, evil),
      await compose({ text: evil, html: evil }),
    ]) {
      const [head = ''] = message.split('\r\n\r\n', 1);
      assert.doesNotMatch(head, /^Bcc:/im);
    }
  });

  it('reads no file and no URL', async () => {
    const message = await compose({ html: '<img src="file:///etc/passwd"><img src="http://127.0.0.1/x">' });
    assert.doesNotMatch(message, /root:/);
    assert.doesNotMatch(message, /multipart\/related/);
  });
});

/** As mail software that is not ours reads it. */
const read = async (params: Partial<SendParams>) => PostalMime.parse(await compose(params));
const base64 = (content: string | Buffer) => Buffer.from(content).toString('base64');

describe('a message, as mail software reads it', () => {
  it('has subject, text and HTML in every script', async () => {
    const subject = `Grüße ☃ 你好 ${'ä'.repeat(300)}`;
    const [text, html] = ['naïve 你好\n.\nbye', '<p>你好 ☃</p>'];
    const mail = await read({ subject, text, html });
    assert.deepEqual([mail.subject, mail.text?.trimEnd(), mail.html?.trimEnd()], [subject, text, html]);
  });

  it('has the recipients that it was given, and no others', async () => {
    const mail = await read({
      to: ['ada@company.com', 'bob@company.com'],
      cc: 'eve@company.com',
      bcc: 'kim@company.com',
    });
    const addresses = (list: readonly { address?: string | undefined }[] = []) =>
      list.map(({ address }) => address);
    assert.deepEqual(
      [addresses(mail.to), addresses(mail.cc), addresses(mail.bcc)],
      [['ada@company.com', 'bob@company.com'], ['eve@company.com'], ['kim@company.com']],
    );
  });

  it('has attachments byte for byte, with their names and types', async () => {
    const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, index) => index % 256));
    const mail = await read({
      html: '<p>Hello</p>',
      attachments: [
        {
          filename: 'Übersicht 你好 "final"; v=2.pdf',
          contentType: 'application/pdf',
          content: base64(bytes),
        },
        { filename: `${'ä'.repeat(150)}.txt`, contentType: 'text/plain', content: base64('hello') },
      ],
    });
    const [pdf, text] = mail.attachments;
    assert.deepEqual(
      [pdf?.filename, pdf?.mimeType, pdf?.disposition],
      ['Übersicht 你好 "final"; v=2.pdf', 'application/pdf', 'attachment'],
    );
    assert.deepEqual(Buffer.from(pdf?.content as ArrayBuffer), bytes);
    assert.equal(text?.filename, `${'ä'.repeat(150)}.txt`);
    assert.equal(Buffer.from(text?.content as ArrayBuffer).toString(), 'hello');
    assert.equal(mail.html?.trimEnd(), '<p>Hello</p>');
  });

  it('gains no header by the name or type of a file, even past the schema', async () => {
    const evil = 'x.txt\r\nBcc: mallory@evil.test\r\n\r\n<script>';
    for (const attachment of [
      { filename: evil, contentType: 'text/plain', content: base64('hello') },
      { filename: 'x.txt', contentType: `text/plain${evil}`, content: base64('hello') },
    ]) {
      const mail = await read({ attachments: [attachment] });
      assert.equal(mail.bcc, undefined);
      assert.equal(mail.text?.trimEnd(), 'Hello');
      assert.equal(mail.attachments.length, 1);
    }
  });

  it('takes attachments up to 5 MiB together, in base64 alone', async () => {
    const file = (bytes: number) => ({
      filename: 'a.bin',
      contentType: 'application/octet-stream',
      content: base64(Buffer.alloc(bytes)),
    });
    const half = attachmentBytesMax / 2;
    assert.equal((await read({ attachments: [file(half), file(half)] })).attachments.length, 2);
    await assert.rejects(compose({ attachments: [file(half), file(half + 1)] }), { code: 'params.invalid' });
    for (const content of ['aGk', 'aGl=', 'aG k=', 'aGk_', '====']) {
      const odd = { filename: 'a', contentType: 'text/plain', content };
      await assert.rejects(compose({ attachments: [odd] }), { code: 'params.invalid' }, content);
    }
  });
});
