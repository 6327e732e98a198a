import { copyFileSync, globSync, mkdirSync, renameSync, rmSync, truncateSync } from 'node:fs';
import { basename, isAbsolute, join, relative } from 'node:path';

/** Where a stack keeps what it makes. */
export interface StackFolder {
  /** The repository. */
  readonly root: string;
  /** `.local`, or a temporary folder of a test. */
  readonly state: string;
  /** Programs that were brought here; shared by the stacks of a clone. */
  readonly cache: string;
  /** Of Node, shared likewise. */
  readonly compileCache: string;
  readonly logs: string;
  readonly tls: string;
  readonly keys: string;
  readonly nginx: string;
  readonly traces: string;
  /** What running services were told, for commands that act beside them. */
  readonly settings: string;
  readonly secretsFile: string;
  readonly agentsFile: string;
  readonly lockFile: string;
  readonly stackFile: string;
}

/** `state` and `cache` default to `.local` in the repository. */
export function stackFolder(
  root: string,
  { state = join(root, '.local'), cache = join(root, '.local') } = {},
): StackFolder {
  return {
    root,
    state,
    cache,
    compileCache: join(cache, 'compile-cache'),
    logs: join(state, 'logs'),
    tls: join(state, 'tls'),
    keys: join(state, 'keys'),
    nginx: join(state, 'nginx'),
    traces: join(state, 'traces'),
    settings: join(state, 'settings'),
    secretsFile: join(state, 'secrets.json'),
    agentsFile: join(state, 'agents.json'),
    lockFile: join(state, 'supervisor.json'),
    stackFile: join(state, 'stack.json'),
  };
}

/** As `stack.json` shows a path: relative to the repository where it lies in it. */
export function shownPath(root: string, path: string): string {
  const shown = relative(root, path);
  return shown.startsWith('..') || isAbsolute(shown) ? path : shown;
}

/**
 * Forgets secrets, keys, agents and traces. What the data parts keep they remove themselves; programs stay, and
 * certificates too, because somebody may have told a browser to trust them.
 */
export function forgetState(folder: StackFolder): void {
  for (const path of [folder.secretsFile, folder.agentsFile, folder.keys, folder.traces])
    rmSync(path, { recursive: true, force: true });
}

/** Held open by those who write to them: of a supervisor that has been started, and of the set-up before every start. */
const supervisorLog = 'supervisor.log';
const setUpLog = 'bootstrap.log';

/** Moves the logs of the run before to `logs/previous/`, so that each log tells of one run; those before it are removed. */
export function putLogsAside({ logs }: StackFolder): void {
  const previous = join(logs, 'previous');
  rmSync(previous, { recursive: true, force: true });
  mkdirSync(previous, { recursive: true });
  for (const file of globSync(join(logs, '*.log'))) {
    const name = basename(file);
    if (name === supervisorLog) emptyInto(file, join(previous, name));
    else if (name !== setUpLog) renameSync(file, join(previous, name));
  }
}

/** For a log that is appended to already. */
function emptyInto(file: string, copy: string): void {
  copyFileSync(file, copy);
  truncateSync(file);
}
