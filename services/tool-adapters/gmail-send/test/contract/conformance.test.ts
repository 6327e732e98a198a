import { testConformance } from '@4runr/adapter-kit/testing';
import { gmailSendAdapter } from '../../src/adapter.ts';
import { gmailSettings } from '../../src/testing/gmail-stand-in.ts';

const mail = { to: 'ada@company.com', subject: 'Hello', text: 'Hello' };

testConformance({
  adapter: gmailSendAdapter,
  environment: gmailSettings,
  params: () => ({ send: { ...mail, cc: ['bob@company.com'], html: '<p>Hello</p>' } }),
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
    ],
  },
});
