/** The tools whose providers are played by code of the simulator, by the names that the gateway has for them. */
export const builtInTools = ['serpapi', 'openai', 'gmail_send', 'http_fetch'] as const;

/** One of the tools whose providers are played here, those of files included. */
export type SimulatedTool = string;
