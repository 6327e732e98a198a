import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type LoadAgent, tokenTtlSeconds } from '../mesh/load-agents.ts';
import { type Role, roles } from '../mix/planned-call.ts';
import type { DispensedTokens } from './k6-plan.ts';

/** Hands tokens to k6, which cannot prove itself by a signed assertion as agents do, and learns when its load begins. */
export interface TokenDispenser extends AsyncDisposable {
  readonly url: string;
  /** Resolves when the first call is about to be made. */
  readonly begun: Promise<void>;
  /** Tokens that were requested so far. */
  issued(): number;
}

/** Tokens are renewed after this share of their life, and handed out as fresh until {@link lastUseShare} of it. */
const renewShare = 0.5;
const lastUseShare = 0.8;

/** Renews tokens before they expire, one agent after the other; a renewal that fails is tried again a second later. */
export async function startTokenDispenser(agents: readonly LoadAgent[]): Promise<TokenDispenser> {
  const ttlMs = tokenTtlSeconds * 1_000;
  const held = new Map<LoadAgent, { token: string; since: number }>();
  let issued = 0;
  async function renew(agent: LoadAgent): Promise<void> {
    held.set(agent, { token: await agent.requestToken(), since: performance.now() });
    issued += 1;
  }
  for (const agent of agents) await renew(agent);

  async function renewOld(): Promise<void> {
    for (const [agent, { since }] of held)
      if (performance.now() - since > ttlMs * renewShare) await renew(agent);
  }
  let renewing = Promise.resolve();
  const timer = setInterval(() => {
    renewing = renewing.then(renewOld).catch(() => {});
  }, 1_000);

  function dispense(): DispensedTokens {
    const tokensOf = (role: Role) =>
      [...held].flatMap(([agent, { token }]) => (agent.role === role ? [token] : []));
    const oldest = Math.min(...[...held.values()].map(({ since }) => since));
    const freshForMs = oldest + ttlMs * lastUseShare - performance.now();
    return {
      tokens: Object.fromEntries(roles.map((role) => [role, tokensOf(role)])) as Record<Role, string[]>,
      freshForMs: Math.max(1_000, freshForMs),
    };
  }

  const begun = Promise.withResolvers<void>();
  const server = await listen((request, response) => {
    if (request.url === '/begin') begun.resolve();
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(request.url === '/tokens' ? dispense() : {}));
  });
  return {
    url: server.url,
    begun: begun.promise,
    issued: () => issued,
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await renewing;
      server.close();
    },
  };
}

async function listen(listener: RequestListener): Promise<{ url: string; close: () => void }> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${port}`, close };
}
