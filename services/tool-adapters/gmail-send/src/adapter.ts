import { defineAdapter } from '@4runr/adapter-kit';
import { createProfileHandler } from './actions/profile/handler.ts';
import { profileManifest } from './actions/profile/manifest.ts';
import { createSendHandler } from './actions/send/handler.ts';
import { sendManifest } from './actions/send/manifest.ts';
import { createAccessTokenSource } from './client/access-token-source.ts';
import { createGmailClient } from './client/gmail-client.ts';
import { mailboxCredentialSchema } from './client/mailbox-credential.ts';
import { readConfig, settings } from './config.ts';

export const gmailSendAdapter = defineAdapter({
  manifest: {
    tool: 'gmail_send',
    version: '2',
    description: 'E-mail by Gmail, from the mailbox that the operator has given access to.',
    actions: { send: sendManifest, profile: profileManifest },
  },
  readConfig,
  compose: ({ config, createCredentialSource, createProviderClient }) => {
    const { clientId, clientSecret, refreshToken, sender } = config;
    const credentials = createCredentialSource({
      vault: config,
      schema: mailboxCredentialSchema(sender),
      fallback: { clientId, clientSecret, refreshToken },
      settings: [settings.clientId.env, settings.clientSecret.env, settings.refreshToken.env],
    });
    const provider = createProviderClient();
    const tokens = createAccessTokenSource(provider, config);
    const gmail = createGmailClient(provider, { baseUrl: config.baseUrl, tokens });
    return {
      send: createSendHandler(gmail, credentials),
      profile: createProfileHandler(gmail, credentials),
    };
  },
});
