import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { composeMessage } from './compose-message.ts';
import type { SendParams } from './manifest.ts';

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
