import type { Fault } from '@4runr/contracts/fault';
import { stableFraction } from '../stable-random.ts';
import type { SimulatedTool } from './simulated-tool.ts';

/** The faults that are set, one for each tool at most. */
export interface FaultTable {
  /** Whether a provider is played for a tool of this name. */
  knows(name: unknown): name is SimulatedTool;
  /** Replaces the tool's fault; its requests are numbered anew. Answers whether there was none before. */
  set(tool: SimulatedTool, fault: Fault): boolean;
  get(tool: SimulatedTool): Fault | undefined;
  clear(tool: SimulatedTool): void;
  list(): readonly { readonly tool: SimulatedTool; readonly fault: Fault }[];
  /** Takes the next request of a tool, and answers with the fault that hits it, if one does. */
  strike(tool: SimulatedTool): Fault | undefined;
}

export type Faults = Readonly<Record<SimulatedTool, Fault>>;

/** The same seed, faults and order of requests give the same hits, whatever came before a fault was set. */
export function createFaultTable(
  seed: string,
  tools: readonly SimulatedTool[],
  faults: Faults = {},
): FaultTable {
  const entries = Object.entries(faults).map(([tool, fault]) => [tool, { fault, requests: 0 }] as const);
  const set = new Map<SimulatedTool, { readonly fault: Fault; requests: number }>(entries);
  return {
    knows: (name): name is SimulatedTool => tools.some((tool) => tool === name),
    set(tool, fault) {
      const isNew = !set.has(tool);
      set.set(tool, { fault, requests: 0 });
      return isNew;
    },
    get: (tool) => set.get(tool)?.fault,
    clear: (tool) => void set.delete(tool),
    list: () =>
      tools.flatMap((tool) => {
        const fault = set.get(tool)?.fault;
        return fault === undefined ? [] : [{ tool, fault }];
      }),
    strike(tool) {
      const entry = set.get(tool);
      if (entry === undefined) return undefined;
      entry.requests += 1;
      return isHit(`${seed} ${tool} ${entry.requests}`, entry.fault.rate) ? entry.fault : undefined;
    },
  };
}

/** A rate of 0 hits nothing, one of 1 everything; a higher one hits what a lower one does, and more. */
function isHit(request: string, rate: number): boolean {
  return stableFraction(request) < rate;
}
