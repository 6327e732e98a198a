import { stopLeftovers } from '../process/index.ts';
import type { StackFolder } from '../stack/stack-folder.ts';
import { StackTakenError } from '../stack/stack-lock.ts';
import { type Stack, startStack } from '../stack/start-stack.ts';
import { createProgress, type Progress } from './progress.ts';
import { explain } from './run-command.ts';
import type { StartOptions } from './start-options.ts';
import { renderSummary } from './summary.ts';
import { tellStarter } from './supervisor-message.ts';

/**
 * Runs the stack in this process: returns when it was told to stop and has stopped, or could not start.
 *
 * @throws StackTakenError before anything is written or changed
 */
export async function startHere(folder: StackFolder, options: StartOptions): Promise<number> {
  const begun = performance.now();
  const progress = createProgress(process.stdout);
  const { stopping, listenNoMore } = listenForStop(folder, progress);
  try {
    const stack = await startStack({
      folder,
      scale: options.scale,
      fresh: options.fresh,
      rotateMeshKeys: options.rotateMeshKeys,
      policyFiles: true,
      signal: stopping,
      report: (event) => {
        progress.report(event);
        tellStarter({ kind: 'event', event });
      },
    });
    announce(stack, progress, performance.now() - begun);
    await untilAborted(stopping);
    await stack.stop();
    progress.line('The gateway has stopped.');
    return 0;
  } catch (error) {
    if (stopping.aborted) {
      progress.line('The start was given up; nothing is left running.');
      return 130;
    }
    if (error instanceof StackTakenError) {
      listenNoMore();
      tellStarter({ kind: 'taken', holder: error.holder });
    } else {
      tellStarter({ kind: 'failed', reason: explain(error) });
    }
    throw error;
  } finally {
    progress.close();
    if (process.connected) process.disconnect();
  }
}

function announce(stack: Stack, progress: Progress, ms: number): void {
  const summary = renderSummary(stack.describe(), ms);
  tellStarter({ kind: 'up', summary });
  const hint = process.connected ? '' : '\n\nCtrl-C stops it.';
  progress.line(`${summary}${hint}`);
}

/** A signal that comes this soon after the first is its echo: npm passes on what the terminal has sent already. */
const echoMs = 1_000;

const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** `stopping` aborts when the process is told to stop. Told so again, it ends everything at once. */
function listenForStop(folder: StackFolder, progress: Progress) {
  const controller = new AbortController();
  let firstAt = 0;
  const onSignal = () => {
    if (!controller.signal.aborted) {
      firstAt = performance.now();
      progress.line('\nStopping; once more to end it at once.');
      controller.abort(new Error('told to stop'));
    } else if (performance.now() - firstAt > echoMs) {
      void stopLeftovers(folder.logs, 0).finally(() => process.exit(130));
    }
  };
  for (const signal of stopSignals) process.on(signal, onSignal);
  const listenNoMore = () => {
    for (const signal of stopSignals) process.off(signal, onSignal);
  };
  return { stopping: controller.signal, listenNoMore };
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve());
  });
}
