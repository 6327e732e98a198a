import type { ProviderScript } from '@4runr/adapter-kit/testing';

/** Answers like Google's token endpoint (`/token`) and the Gmail API; each can be told to do otherwise. */
export function gmailStandIn(
  overrides: { token?: ProviderScript; api?: ProviderScript } = {},
): ProviderScript {
  let tokens = 0;
  return (request, response) => {
    const isToken = request.url.pathname === '/token';
    const override = isToken ? overrides.token : overrides.api;
    if (override !== undefined) override(request, response);
    else if (isToken) {
      tokens += 1;
      response.end(
        JSON.stringify({ access_token: `token-${tokens}`, expires_in: 3_599, token_type: 'Bearer' }),
      );
    } else response.end(JSON.stringify({ id: 'm1', threadId: 't1', labelIds: ['SENT'] }));
  };
}

/** Settings of an adapter that speaks to the stand-in at a URL. */
export const gmailSettings = (providerUrl: string) => ({
  GMAIL_BASE_URL: providerUrl,
  GMAIL_TOKEN_URL: `${providerUrl}/token`,
  GMAIL_CLIENT_ID: 'client',
  GMAIL_CLIENT_SECRET: 'client-secret',
  GMAIL_REFRESH_TOKEN: 'refresh-token',
  GMAIL_SENDER: 'gateway@company.com',
});
