import { readFile } from 'node:fs/promises';
import { agentKeysMax } from '@4runr/contracts/agent';
import type { PublicJwk } from '@4runr/contracts/token';
import * as z from 'zod';
import { parsePublicKeys } from '../domain/public-keys.ts';
import { UsageError } from './usage-error.ts';

const jwkSchema = z.record(z.string(), z.unknown());
const fileSchema = z.union([
  z.object({ keys: z.array(jwkSchema).min(1).max(agentKeysMax) }),
  jwkSchema.transform((jwk) => ({ keys: [jwk] })),
]);

/**
 * The public keys in a file: a JWK Set, or one JWK. A private key is refused, so that nobody gets used to handing it around.
 *
 * @throws UsageError naming what is wrong
 */
export async function readJwksFile(file: string): Promise<readonly PublicJwk[]> {
  const { keys, errors } = await parsePublicKeys(parseFile(file, await readText(file)), '/keys');
  if (errors === undefined) return keys;
  throw new UsageError(errors.map(({ pointer, detail }) => `${file}: ${pointer} ${detail}`).join('\n'));
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${(error as Error).message}`);
  }
}

function parseFile(file: string, text: string): readonly z.infer<typeof jwkSchema>[] {
  const parsed = fileSchema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data.keys;
  throw new UsageError(`${file} is no JWK, and no JWK Set of 1 to ${agentKeysMax} keys.`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
