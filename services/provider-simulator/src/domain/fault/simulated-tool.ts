/** The tools whose providers are played here, by the names that the gateway has for them. */
export const simulatedTools = ['serpapi', 'openai', 'gmail_send', 'http_fetch'] as const;
export type SimulatedTool = (typeof simulatedTools)[number];

export function isSimulatedTool(name: unknown): name is SimulatedTool {
  return simulatedTools.some((tool) => tool === name);
}
