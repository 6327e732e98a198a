import { toolNameSchema } from '@4runr/contracts/manifest';
import * as z from 'zod';
import { agentNames } from '../clients/enrol-agents.ts';

const variableSchema = z.string().regex(/^[A-Z][A-Z0-9_]*$/, 'is no name of a variable');

/** The call by which a start shows that the tool works. */
const demonstrationSchema = z.strictObject({
  /** The demonstration agent that makes it; its role has the same name. */
  agent: z.enum(agentNames),
  action: z.string(),
  params: z.record(z.string(), z.unknown()),
  /** Whether it neither costs money nor has an effect, even when the provider is the real one. */
  harmless: z.boolean(),
  /** Whether a built-in policy allows it to that role; else the start stores one of its own, `demo-<tool>`. Default true. */
  builtIn: z.boolean().default(true),
});

/** What `adapter.json` in the folder of an adapter says to whoever installs it. */
export const adapterDeclarationSchema = z.strictObject({
  tool: toolNameSchema,
  /** Preferred port of the first replica, and the default of its setting `PORT`. */
  port: z.int().min(1).max(65_535),
  /** Whether its provider asks for a credential, which it then fetches from the vault. */
  credential: z.boolean(),
  /** What the names of its own settings begin with. Such variables are handed on to it, and to no other service. */
  settings: variableSchema.regex(/_$/, 'has to end in _'),
  /** What it is told while providers are simulated; see {@link fillSimulatorTemplate}. In live mode its defaults hold. */
  mock: z.record(variableSchema, z.string()),
  demonstration: demonstrationSchema.optional(),
});

export interface AdapterDeclaration extends z.infer<typeof adapterDeclarationSchema> {
  /** Of the adapter, below the repository's root. */
  readonly folder: string;
  /** Absolute path of the file that says how its provider answers, where there is one. */
  readonly providerFile: string | undefined;
}

/** What a declaration may refer to. */
export interface SimulatorPlaces {
  readonly url: string;
  /** `host:port` of its listeners. */
  readonly http: string;
  readonly https: string;
  readonly caFile: string;
  readonly hosts: readonly string[];
}

/**
 * Puts the simulator's whereabouts into a text: `{simulator}` its base URL, `{simulator.http}` and `{simulator.https}` its
 * listeners, `{simulator.hosts}` the web sites that it plays, `{simulator.ca}` the file of the CA that vouches for them.
 *
 * @throws Error for a reference to anything else
 */
export function fillSimulatorTemplate(template: string, simulator: SimulatorPlaces): string {
  const values: Readonly<Record<string, string>> = {
    simulator: simulator.url,
    'simulator.http': simulator.http,
    'simulator.https': simulator.https,
    'simulator.hosts': simulator.hosts.join(','),
    'simulator.ca': simulator.caFile,
  };
  return template.replaceAll(/\{([^}]*)\}/g, (reference, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined) throw new Error(`${reference} is nothing that an adapter can be told`);
    return value;
  });
}
