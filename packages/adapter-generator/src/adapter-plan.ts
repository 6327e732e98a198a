import { type Effect, effectSchema, nameSchema, toolNameSchema } from '@4runr/contracts/manifest';

/** What an adapter is made of. */
export interface AdapterPlan {
  readonly tool: string;
  readonly action: string;
  readonly effect: Effect;
  /** Of the provider, without a slash at its end. */
  readonly baseUrl: string;
  /** Of the tool, as agents read it. */
  readonly description: string;
  /** Whether the provider asks for a key. */
  readonly hasCredential: boolean;
  readonly port: number;
  /** YYYY-MM-DD: the day when the provider's documentation is read. */
  readonly date: string;
}

/** What is wrong with what was asked for. */
export class PlanError extends Error {
  override readonly name = 'PlanError';
}

/** Ports that other parts of the local stack prefer. */
const takenPorts: ReadonlySet<number> = new Set([4001, 4002, 4003, 4020, 4021, 4032, 4079, 4080]);
const firstPort = 4011;

/** The first port, from that of the first adapter on, that nobody prefers. */
export function nextPort(portsOfAdapters: readonly number[]): number {
  let port = firstPort;
  while (takenPorts.has(port) || portsOfAdapters.includes(port)) port += 1;
  return port;
}

/** @throws PlanError naming everything that is wrong */
export function assertUsable(
  plan: Omit<AdapterPlan, 'port' | 'date'>,
  existingTools: readonly string[],
): void {
  const { tool, action, effect, baseUrl, description } = plan;
  const wrong = [
    toolNameSchema.safeParse(tool).success ? undefined : `"${tool}" cannot be the name of a tool`,
    existingTools.includes(tool) ? `there is a tool ${tool} already` : undefined,
    nameSchema.safeParse(action).success ? undefined : `"${action}" cannot be the name of an action`,
    effectSchema.safeParse(effect).success
      ? undefined
      : `"${effect}" is no effect: read, idempotent or effect`,
    isBaseUrl(baseUrl) ? undefined : `"${baseUrl}" is no base URL: https://host, perhaps with a path`,
    /^[^\p{C}'\\]+$/u.test(description)
      ? undefined
      : 'the description is empty, or has a quote, a backslash or a line break',
  ].filter((fault) => fault !== undefined);
  if (wrong.length > 0) throw new PlanError(wrong.join('\n'));
}

function isBaseUrl(text: string): boolean {
  if (!URL.canParse(text) || /[?#'\\\s]|\/$/.test(text)) return false;
  const { protocol, username, password } = new URL(text);
  return /^https?:$/.test(protocol) && username === '' && password === '';
}
