import type { StackEvent } from '../stack/stack-event.ts';

/** What a progress is shown on: a terminal, or a file or pipe. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export interface Progress {
  report(event: StackEvent): void;
  /** A line of its own, between the others. */
  line(text: string): void;
  /** Takes the line that says what is going on away. */
  close(): void;
}

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const frameMs = 100;

/**
 * Shows what a stack is doing and how long each step took. On a terminal the last line is alive and names what is under way;
 * elsewhere each beginning and each end is a line.
 */
export function createProgress(
  stream: ProgressStream,
  clock: () => number = () => performance.now(),
): Progress {
  const underway = new Map<string, number>();
  const isLive = stream.isTTY === true;
  let frame = 0;
  const timer = isLive ? setInterval(draw, frameMs).unref() : undefined;

  function draw(): void {
    if (!isLive) return;
    stream.write(`\r\x1b[2K${liveLine(underway, { frame, clock, columns: stream.columns ?? 80 })}`);
    frame += 1;
  }

  function line(text: string): void {
    stream.write(isLive ? `\r\x1b[2K${text}\n` : `${text}\n`);
    draw();
  }

  return {
    line,
    report(event) {
      const work = workOf(event);
      if (work?.isOver === false) underway.set(work.name, clock());
      else if (work !== undefined) underway.delete(work.name);
      const text = describeEvent(event, isLive);
      if (text !== undefined) line(text);
      else draw();
    },
    close() {
      clearInterval(timer);
      underway.clear();
      draw();
    },
  };
}

function workOf(event: StackEvent): { name: string; isOver: boolean } | undefined {
  if (event.kind === 'step') return { name: event.step, isOver: event.ms !== undefined };
  if (event.kind === 'part') return { name: event.name, isOver: event.event.kind !== 'starting' };
  return undefined;
}

function liveLine(
  underway: ReadonlyMap<string, number>,
  { frame, clock, columns }: { frame: number; clock: () => number; columns: number },
): string {
  const [oldest] = underway.values();
  if (oldest === undefined) return '';
  const text = `${frames[frame % frames.length]} ${formatSeconds(clock() - oldest)}  ${[...underway.keys()].join(', ')}`;
  return text.length < columns ? text : `${text.slice(0, columns - 2)}…`;
}

/** Undefined for what the live line shows already. */
function describeEvent(event: StackEvent, isLive: boolean): string | undefined {
  switch (event.kind) {
    case 'step':
      if (event.ms === undefined) return isLive ? undefined : `  … ${event.step}`;
      return done(event.step, event.ms);
    case 'part':
      return describePart(event, isLive);
    case 'note':
      return `  ${event.text}`;
    case 'answer':
      return `  ${event.status < 400 ? '✓' : '✗'} ${event.scope.padEnd(16)} ${event.status}  ${event.ms.toFixed(0).padStart(4)} ms  ${shorten(event.text)}`;
  }
}

function describePart(
  { name, log, event }: StackEvent & { kind: 'part' },
  isLive: boolean,
): string | undefined {
  switch (event.kind) {
    case 'starting':
      return isLive ? undefined : `  … ${name}`;
    case 'ready':
      return done(name, event.ms);
    case 'died': {
      const how =
        event.exit === undefined
          ? 'cannot be started'
          : `ended (${event.exit.signal ?? `exit code ${event.exit.code}`})`;
      return `  ✗ ${name} ${how}, starting it again in ${formatSeconds(event.restartInMs).trim()}; its log: ${log}`;
    }
    case 'restarted':
      return `  ✓ ${name} is ready again after ${formatSeconds(event.ms).trim()}`;
    case 'stopped':
      return isLive ? undefined : `  ✓ ${name} stopped`;
  }
}

function done(what: string, ms: number): string {
  return `  ✓ ${what.padEnd(28)} ${formatSeconds(ms)}`;
}

function formatSeconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`.padStart(6);
}

function shorten(text: string, length = 110): string {
  return text.length <= length ? text : `${text.slice(0, length)}…`;
}
