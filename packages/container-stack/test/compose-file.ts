import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { parse } from 'yaml';
import * as z from 'zod';

export const root = resolve(import.meta.dirname, '../../..');

const serviceSchema = z.object({
  image: z.string(),
  build: z.object({ dockerfile: z.string(), args: z.object({ SERVICE: z.string() }) }).optional(),
  environment: z.record(z.string(), z.coerce.string()).default({}),
  volumes: z.array(z.string()).default([]),
  ports: z.array(z.string()).default([]),
  networks: z.array(z.string()).default([]),
  profiles: z.array(z.string()).default([]),
  read_only: z.boolean().default(false),
  cap_drop: z.array(z.string()).default([]),
  cap_add: z.array(z.string()).default([]),
  security_opt: z.array(z.string()).default([]),
  mem_limit: z.string().optional(),
  pids_limit: z.int().optional(),
  user: z.string().optional(),
});
const composeSchema = z.looseObject({
  services: z.record(z.string(), serviceSchema),
  networks: z.record(z.string(), z.object({ internal: z.boolean().optional() }).nullable()),
});

export type ComposeService = z.infer<typeof serviceSchema>;
export type ComposeFile = z.infer<typeof composeSchema>;

/** docker-compose.yml as compose reads it with the variables of an env file, and nothing of the environment. */
export function readComposeFile(envFile: string): ComposeFile {
  const variables = parseEnv(readFileSync(join(root, envFile), 'utf8'));
  const read = parse(readFileSync(join(root, 'docker-compose.yml'), 'utf8'), { merge: true });
  return composeSchema.parse(interpolate(read, variables));
}

/** As compose 1.29 and 2 both do it: `${NAME:-default}` where unset or empty, `${NAME-default}` where unset, `$$` for a `$`. */
function interpolate(value: unknown, variables: NodeJS.Dict<string>): unknown {
  if (typeof value === 'string') return interpolateText(value, variables);
  if (Array.isArray(value)) return value.map((item) => interpolate(item, variables));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, interpolate(item, variables)]),
  );
}

function interpolateText(text: string, variables: NodeJS.Dict<string>): string {
  return text.replaceAll(
    /\$(?:(\$)|\{([A-Z_]+)(?:(:?)-([^}]*))?\})/g,
    (_all, dollar?: string, name = '', colon = '', standard = '') => {
      if (dollar !== undefined) return dollar;
      const value = variables[name];
      return value === undefined || (colon === ':' && value === '') ? standard : value;
    },
  );
}
