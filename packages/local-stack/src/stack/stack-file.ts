import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { writePrivateFile } from '../private-file.ts';

const clientSchema = z.object({ clientId: z.string(), keyFile: z.string() });
const agentSchema = clientSchema.extend({ id: z.string() });
const replicaSchema = z.object({ url: z.url(), pid: z.int(), log: z.string() });

/** `.local/stack.json`: how scripts find a running stack. Relative paths start at the repository. */
export const stackFileSchema = z.object({
  /** `exporter`: base URL of what counts the edge's answers. */
  edge: z.object({ http: z.url(), https: z.url(), ca: z.string(), exporter: z.url() }),
  operator: clientSchema,
  agents: z.object({ scraper: agentSchema, enricher: agentSchema, engager: agentSchema }),
  /** By service, a row per replica; those that are being restarted are missing. */
  services: z.record(z.string(), z.array(replicaSchema)),
  /** Missing where adapters speak to the providers themselves. */
  simulator: z.object({ url: z.url() }).exactOptional(),
  /** Of the superuser, to the database that holds the services' schemas. */
  postgres: z.object({ url: z.string() }),
  redis: z.object({ url: z.string(), cacheUrl: z.string() }),
  /** Where spans go. `jaeger`: base URL of its pages; `folder`: where the stack's own receiver keeps them. */
  traces: z.object({
    otlp: z.string(),
    jaeger: z.string().exactOptional(),
    folder: z.string().exactOptional(),
  }),
  supervisor: z.object({ pid: z.int(), startedAt: z.iso.datetime() }),
  /** Every process of the stack. */
  parts: z.array(
    z.object({
      name: z.string(),
      state: z.enum(['starting', 'ready', 'waiting', 'stopped']),
      pid: z.int().nullable(),
      ports: z.array(z.int()),
      restarts: z.int(),
      startedAt: z.iso.datetime().nullable(),
      /** Answers 2xx while the part is ready; null where only a connection can be tried. */
      readyUrl: z.url().nullable(),
      log: z.string(),
    }),
  ),
});
export type StackFile = z.infer<typeof stackFileSchema>;
export type AgentName = keyof StackFile['agents'];

/** Writes the file whole (mode 600). */
export function writeStackFile(file: string, stack: StackFile): void {
  writePrivateFile(file, `${JSON.stringify(stackFileSchema.parse(stack), null, 2)}\n`);
}

/** The stack that a file describes; undefined when there is none. */
export function readStackFile(file: string): StackFile | undefined {
  try {
    return stackFileSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Error(`${file} cannot be read`, { cause: error });
  }
}
