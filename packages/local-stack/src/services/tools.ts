/** The tools of the gateway, by the name that scopes and paths give them. */
export const tools = ['serpapi', 'http_fetch', 'openai', 'gmail_send'] as const;
export type Tool = (typeof tools)[number];
