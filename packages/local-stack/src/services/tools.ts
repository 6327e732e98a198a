/** The tools of the gateway, by the name that scopes and paths give them. */
export const tools = ['serpapi', 'http_fetch', 'openai', 'gmail_send'] as const;
export type Tool = (typeof tools)[number];

/** Those whose provider asks for a credential. */
export const credentialTools: readonly Tool[] = ['serpapi', 'openai', 'gmail_send'];
