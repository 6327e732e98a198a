import { rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { signalProcess, stopLeftovers } from '../process/index.ts';
import { forgetServiceSettings } from '../services/service-settings.ts';
import { type Holder, isAlive, lockHolder } from '../stack/stack-lock.ts';
import { runCommand } from './run-command.ts';
import { folder } from './this-stack.ts';

/** More than all tiers of a stack take together in the worst case. */
const supervisorStopsWithinMs = 60_000;

/** `npm stop`: ends the stack of this clone, also what a killed supervisor has left. */
async function stop(): Promise<number> {
  const begun = performance.now();
  const holder = lockHolder(folder.lockFile);
  if (holder !== undefined) await stopSupervisor(holder);
  const leftovers = await stopLeftovers(folder.logs);
  for (const file of [folder.stackFile, folder.lockFile]) rmSync(file, { force: true });
  forgetServiceSettings(folder);
  if (leftovers.length > 0) process.stdout.write(`stopped what was left running: ${leftovers.join(', ')}\n`);
  const seconds = ((performance.now() - begun) / 1_000).toFixed(1);
  const ran = holder !== undefined || leftovers.length > 0;
  process.stdout.write(
    ran ? `The gateway has stopped after ${seconds} s.\n` : 'The gateway is not running.\n',
  );
  return 0;
}

async function stopSupervisor(holder: Holder): Promise<void> {
  process.stdout.write(`stopping the gateway (process ${holder.pid})\n`);
  signalProcess(holder.pid, 'SIGTERM');
  const deadline = Date.now() + supervisorStopsWithinMs;
  while (isAlive(holder) && Date.now() < deadline) await delay(50);
  if (isAlive(holder)) signalProcess(holder.pid, 'SIGKILL');
}

await runCommand(stop);
