import { createHash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { type CredentialFields, credentialListSchema } from '@4runr/contracts/credential';
import type { AgentName } from '@4runr/local-stack';
import { type Answer, askAsOperator, callTool } from './gateway.ts';
import { requestsShowing } from './simulator.ts';

/** Stores a credential as an operator does. */
export function storeCredential(tool: string, fields: CredentialFields): Promise<Answer> {
  return askAsOperator(`/v1/credentials/${tool}`, 'PUT', fields);
}

/** Takes back every credential, so that other tests find adapters that use their environment's. */
export async function clearCredentials(): Promise<void> {
  const { items } = credentialListSchema.parse((await askAsOperator('/v1/credentials', 'GET')).json);
  for (const { tool } of items) await askAsOperator(`/v1/credentials/${tool}`, 'DELETE');
}

/** A tool with a credential, and a call of it that shows that to its provider. */
export interface CredentialUser {
  readonly tool: string;
  /** As the simulator calls it. */
  readonly provider: string;
  readonly action: string;
  readonly params: object;
  readonly by: AgentName;
  /** A credential around a secret that the provider is shown. */
  fields(secret: string): CredentialFields;
}

/** Calls the tool once. @returns whether the provider was shown the secret by that call */
export async function shows(user: CredentialUser, secret: string): Promise<boolean> {
  const sha256 = createHash('sha256').update(secret).digest('hex');
  const before = await requestsShowing(user.provider, sha256);
  const answer = await callTool(user.action, user.params, {
    by: user.by,
    headers: { 'cache-control': 'no-store' },
  });
  if (answer.status !== 200) throw new Error(`${user.action} answered ${answer.text}`);
  return (await requestsShowing(user.provider, sha256)) > before;
}

/** Calls the tool until its provider is shown the secret. @returns the milliseconds that it took, at most `withinMs` */
export async function untilShown(user: CredentialUser, secret: string, withinMs: number): Promise<number> {
  const startedAt = performance.now();
  for (;;) {
    const isShown = await shows(user, secret);
    const tookMs = performance.now() - startedAt;
    if (isShown) return tookMs;
    if (tookMs > withinMs) throw new Error(`${user.tool} still uses another credential after ${tookMs} ms`);
    await wait(50);
  }
}
