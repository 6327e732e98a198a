import type { LoadState, LoadWatch } from '../run/load-watch.ts';

/** Shows how a run goes on: one line that changes in a terminal, else one every ten seconds. */
export interface Progress {
  say(text: string): void;
  watch(watch: LoadWatch, seconds: number): void;
  stop(): void;
}

const refreshMs = { terminal: 1_000, other: 10_000 };

export function createProgress(output: NodeJS.WriteStream = process.stderr): Progress {
  let timer: NodeJS.Timeout | undefined;
  const isTerminal = output.isTTY === true;
  const clear = () => (isTerminal ? '\r\u001b[2K' : '');
  return {
    say: (text) => void output.write(`${clear()}${text}\n`),
    watch(watch, seconds) {
      const show = () => {
        const state = watch.state();
        if (state === undefined) return;
        output.write(`${clear()}${describeState(state, seconds)}${isTerminal ? '' : '\n'}`);
      };
      timer = setInterval(show, isTerminal ? refreshMs.terminal : refreshMs.other);
    },
    stop() {
      clearInterval(timer);
      output.write(clear());
    },
  };
}

export function describeState(state: LoadState, seconds: number): string {
  const { elapsedMs, phase, allowed, denied, failed, broken, p95Ms } = state;
  const p95 = p95Ms === undefined ? '' : `, p95 ${p95Ms.toFixed(1)} ms`;
  const wrong = broken === 0 ? '' : `, ${broken} BROKEN`;
  const clock = `${toClock(elapsedMs / 1_000)} of ${toClock(seconds)}`;
  return `${clock}  ${phase}: ${allowed} allowed, ${denied} denied, ${failed} failed${wrong}${p95}`;
}

function toClock(seconds: number): string {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}
