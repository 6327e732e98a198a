import { type Fault, faultModes } from '@4runr/contracts/fault';
import { type AdaptersUnderFault, everyAction, type FaultyCall } from './adapters-under-fault.ts';

export interface FaultyCallsOptions {
  readonly adapters: AdaptersUnderFault;
  setFault(tool: string, fault: Fault): Promise<void>;
  /** In all; every mode hits as many. */
  readonly calls: number;
  readonly concurrency: number;
}

/** How many calls of an action ended how: by `200`, by a code, or by a code after a 200 (`200 upstream.failed`). */
export type Outcomes = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** Makes calls of every action in turn while every mode in turn hits all of them. Answers how they ended, by action. */
export async function makeFaultyCalls(options: FaultyCallsOptions): Promise<Outcomes> {
  const outcomes = new Map(everyAction.map((call) => [nameOf(call), new Map<string, number>()]));
  const callsPerMode = Math.ceil(options.calls / faultModes.length);
  for (const mode of faultModes) {
    for (const tool of new Set(everyAction.map((call) => call.tool)))
      await options.setFault(tool, { mode, rate: 1, ...(mode === 'latency' ? { latencyMs: 5 } : {}) });
    const calls = callsInTurn(callsPerMode);
    const worker = async () => {
      for (const call of calls) {
        const outcome = await makeCall(options.adapters, call);
        const counts = outcomes.get(nameOf(call));
        counts?.set(outcome, (counts.get(outcome) ?? 0) + 1);
      }
    };
    await Promise.all(Array.from({ length: options.concurrency }, worker));
  }
  return outcomes;
}

/** Every action in turn; whoever asks gets the next one. */
function* callsInTurn(count: number): Generator<FaultyCall, void> {
  for (let made = 0; made < count; ) {
    for (const call of everyAction) if (made++ < count) yield call;
  }
}

async function makeCall(
  { byTool }: AdaptersUnderFault,
  { tool, action, params }: FaultyCall,
): Promise<string> {
  const { status, body } = (await byTool[tool]?.call(action, params)) ?? {};
  if (status === 200) return ['200', body.code ?? []].flat().join(' ');
  return body.code;
}

function nameOf({ tool, action, streamed }: FaultyCall): string {
  return `${tool}:${action}${streamed ? ', streamed' : ''}`;
}

const closedWithinMs = 15_000;

/** Resolves once this process holds no TCP connection any more, but those that undici keeps for its next request. @throws Error when it does not come to that */
export async function untilSocketsAreClosed(): Promise<void> {
  const until = performance.now() + closedWithinMs;
  while (openSockets() > 0) {
    if (performance.now() > until)
      throw new Error(`${openSockets()} sockets are open after ${closedWithinMs} ms`);
    await new Promise(setImmediate);
  }
}

function openSockets(): number {
  return process.getActiveResourcesInfo().filter((resource) => resource === 'TCPSocketWrap').length;
}
