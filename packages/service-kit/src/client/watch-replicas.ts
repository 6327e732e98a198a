import type { ServiceName } from '@4runr/contracts/mesh';
import { Agent } from 'undici';
import type { Kit } from '../lifecycle/kit.ts';
import { repeatUntilClosed } from '../lifecycle/repeat-until-closed.ts';
import { startDeadline } from './deadline.ts';
import { exchange } from './exchange.ts';
import { followReplicas } from './replica-origins.ts';
import { createReplicas, type Replicas } from './replicas.ts';
import { createSignsOfLife } from './signs-of-life.ts';

/** Longest wait for a sign of life, in milliseconds: with the patience of a message less than half of what a decision has. */
const answerWithinMs = 500;

/** How often a silent replica is asked whether it is back, in milliseconds. */
const askEveryMs = 1_000;

/**
 * The replicas behind URLs, and which of them say nothing: those are asked for `/livez` every second, on a connection of its own, and
 * have no turns while others have, until they answer.
 */
export function watchReplicas(kit: Kit, service: ServiceName, urls: readonly string[]): Replicas {
  const agent = new Agent({ connections: 1, connect: { timeout: answerWithinMs } });
  kit.onClose(`signs of life of ${service}`, () => agent.destroy());
  const origins = followReplicas(kit, urls);
  const signs = createSignsOfLife({
    ask: (origin) => askForLife(agent, origin),
    onChange: (origin, isSilent) =>
      kit.logger[isSilent ? 'warn' : 'info'](
        { event: 'replica', service, origin },
        isSilent ? 'a replica says nothing' : 'a replica is heard from again',
      ),
  });
  repeatUntilClosed(kit, {
    ...{ name: `silent replicas of ${service}`, everyMs: askEveryMs },
    run: () => signs.follow(origins()),
  });
  return createReplicas(origins, { signs });
}

/** Any status is a sign of life. */
async function askForLife(agent: Agent, origin: string): Promise<void> {
  const deadline = startDeadline(answerWithinMs);
  try {
    const question = { origin, method: 'GET', path: '/livez', bytesMax: 65_536 } as const;
    await exchange(agent, { ...question, signal: deadline.signal });
  } finally {
    deadline.clear();
  }
}
