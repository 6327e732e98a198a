import type { StackFile } from '../stack/stack-file.ts';
import { probe } from './probe.ts';
import { runCommand } from './run-command.ts';
import { renderTable } from './table.ts';
import { readStackState } from './this-stack.ts';

type Part = StackFile['parts'][number];

/** `npm run status`: every part of the stack, asked right now. Code 1 when one is not ready. */
async function status(): Promise<number> {
  const state = readStackState();
  if (state.kind !== 'running') {
    process.stdout.write(`The gateway is ${state.kind === 'stopped' ? 'not running' : 'starting'}.\n`);
    return 1;
  }
  const { edge, parts } = state.stack;
  const rows = await Promise.all(parts.map(async (part) => ({ part, isReady: await probe(part) })));
  const cells = rows.map(({ part, isReady }) => [
    part.name,
    isReady ? 'ready' : describeState(part),
    String(part.pid ?? '-'),
    part.ports.join(' '),
    String(part.restarts),
    uptime(part),
  ]);
  process.stdout.write(`The gateway runs at ${edge.https} and ${edge.http}\n\n`);
  process.stdout.write(renderTable(['PART', 'STATE', 'PID', 'PORT', 'RESTARTS', 'UPTIME'], cells));
  return rows.every(({ isReady }) => isReady) ? 0 : 1;
}

function describeState({ state }: Part): string {
  if (state === 'waiting') return 'waiting for restart';
  return state === 'ready' ? 'not ready' : state;
}

function uptime({ pid, startedAt }: Part): string {
  if (pid === null || startedAt === null) return '-';
  const seconds = Math.round((Date.now() - Date.parse(startedAt)) / 1_000);
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor((seconds % 3_600) / 60)];
  return hours > 0
    ? `${hours} h ${minutes} min`
    : minutes > 0
      ? `${minutes} min ${seconds % 60} s`
      : `${seconds} s`;
}

await runCommand(status);
