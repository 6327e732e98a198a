import { defineAdapter } from '@4runr/adapter-kit';
import { createSendHandler } from './actions/send/handler.ts';
import { sendManifest } from './actions/send/manifest.ts';
import { createAccessTokenSource } from './client/access-token-source.ts';
import { createGmailClient } from './client/gmail-client.ts';
import { readConfig } from './config.ts';

export const gmailSendAdapter = defineAdapter({
  manifest: {
    tool: 'gmail_send',
    version: '1',
    description: 'E-mail by Gmail, from the mailbox that the operator has given access to.',
    actions: { send: sendManifest },
  },
  readConfig,
  compose: ({ config, createProviderClient }) => {
    const provider = createProviderClient();
    const tokens = createAccessTokenSource(provider, config);
    const gmail = createGmailClient(provider, { baseUrl: config.baseUrl, tokens });
    return { send: createSendHandler(gmail, config.sender) };
  },
});
