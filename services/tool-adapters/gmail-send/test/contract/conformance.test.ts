import { testConformance } from '@4runr/adapter-kit/testing';
import { gmailSendAdapter } from '../../src/adapter.ts';
import { gmailSettings } from '../../src/testing/gmail-stand-in.ts';

const mail = { to: 'ada@company.com', subject: 'Hello', text: 'Hello' };
const file = { filename: 'Grüße.txt', contentType: 'text/plain', content: 'aGVsbG8=' };

testConformance({
  adapter: gmailSendAdapter,
  environment: gmailSettings,
  params: () => ({
    send: { ...mail, cc: ['bob@company.com'], html: '<p>Hello</p>', attachments: [file] },
    profile: {},
  }),
  misfits: {
    send: [
      {},
      { ...mail, to: [] },
      { ...mail, to: 'nobody' },
      { ...mail, to: 'ada@company.com, mallory@evil.test' },
      { ...mail, to: 'Ada <ada@company.com>' },
      { ...mail, to: '"ada@company.com, x"@evil.test' },
      { ...mail, to: 'ada@company.com\r\nBcc: mallory@evil.test' },
      { ...mail, to: ['ada@company.com', 'mallory@evil.test(comment)'] },
      { ...mail, to: { address: 'ada@company.com' } },
      { ...mail, cc: 'ada@company.com\n' },
      { ...mail, bcc: 'аda@company.com' },
      { ...mail, subject: 'Hello\r\nBcc: mallory@evil.test' },
      { ...mail, subject: 'Hello\u2028' },
      { ...mail, from: 'boss@company.com' },
      { ...mail, headers: { bcc: 'mallory@evil.test' } },
      { ...mail, attachments: [{ path: '/etc/passwd' }] },
      { ...mail, attachments: [] },
      { ...mail, attachments: [{ ...file, path: '/etc/passwd' }] },
      { ...mail, attachments: [{ ...file, href: 'http://169.254.169.254/' }] },
      { ...mail, attachments: [{ ...file, filename: 'a.txt\r\nBcc: mallory@evil.test' }] },
      { ...mail, attachments: [{ ...file, filename: '../../etc/passwd' }] },
      { ...mail, attachments: [{ ...file, filename: 'invoice\u202efdp.exe' }] },
      { ...mail, attachments: [{ ...file, filename: '' }] },
      { ...mail, attachments: [{ ...file, contentType: 'text/plain; name="x"' }] },
      { ...mail, attachments: [{ ...file, contentType: 'text/plain\r\nBcc: mallory@evil.test' }] },
      { ...mail, attachments: [{ ...file, contentType: 'Message/rfc822' }] },
      { ...mail, attachments: [{ ...file, content: 'no base64!' }] },
      { ...mail, attachments: [{ ...file, content: 'aGk' }] },
      { ...mail, attachments: [{ ...file, content: 'aGl=' }] },
      { ...mail, attachments: Array(21).fill(file) },
      {
        ...mail,
        attachments: Array(2).fill({ ...file, content: Buffer.alloc(3_000_000).toString('base64') }),
      },
    ],
    profile: [{ userId: 'boss@company.com' }],
  },
});
