import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type ClientCredentials, type EdgeClient, requestToken } from '@4runr/local-stack';
import * as z from 'zod';
import { type Role, roles } from '../mix/planned-call.ts';
import type { OperatorDesk } from './operator-desk.ts';

/** Enough agents of each role that no partition of the state holds most of the work. */
export const agentsOfRole: Readonly<Record<Role, number>> = { scraper: 8, enricher: 6, engager: 2 };

/** Short, so that tokens are renewed many times in a long run. */
export const tokenTtlSeconds = 300;

/** An agent of the run: registered by the operator, with a key of its own. */
export interface LoadAgent {
  readonly id: string;
  readonly role: Role;
  requestToken(): Promise<string>;
}

export interface LoadAgents extends AsyncDisposable {
  readonly agents: readonly LoadAgent[];
}

const registeredSchema = z.object({ id: z.string(), clientId: z.string(), privateKey: z.string() });

/** Registers the agents of a run, a role after the other. Their keys are deleted when this is disposed of. */
export async function registerAgents(
  desk: OperatorDesk,
  edge: EdgeClient,
  counts: Readonly<Record<Role, number>> = agentsOfRole,
): Promise<LoadAgents> {
  const keys = await mkdtemp(path.join(tmpdir(), '4runr-load-keys-'));
  const run = randomUUID().slice(0, 8);
  const agents: LoadAgent[] = [];
  for (const role of roles)
    for (let number = 1; number <= counts[role]; number += 1) {
      const json = { name: `load ${run} ${role} ${number}`, role, tokenTtlSeconds };
      const registered = registeredSchema.parse(await desk.ask('/v1/agents', { method: 'POST', json }));
      agents.push(await toAgent({ edge, role, keys, ...registered }));
    }
  return { agents, [Symbol.asyncDispose]: () => rm(keys, { recursive: true, force: true }) };
}

async function toAgent(registered: {
  edge: EdgeClient;
  role: Role;
  keys: string;
  id: string;
  clientId: string;
  privateKey: string;
}): Promise<LoadAgent> {
  const { edge, role, keys, id, clientId, privateKey } = registered;
  const credentials: ClientCredentials = { clientId, keyFile: path.join(keys, `${id}.pem`) };
  await writeFile(credentials.keyFile, privateKey, { mode: 0o600 });
  return { id, role, requestToken: () => requestToken(edge, credentials) };
}
