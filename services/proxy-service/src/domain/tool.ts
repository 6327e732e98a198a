import type { Params } from '@4runr/contracts/call';
import type { Facts } from '@4runr/contracts/decision';
import type { ActionManifest, Isolation } from '@4runr/contracts/manifest';
import type { ParamsError } from '@4runr/contracts/problem';

/** One action of a tool, ready to be used: its manifest, and what was compiled from it. */
export interface ToolAction {
  readonly name: string;
  /** `<tool>:<action>`. */
  readonly scope: string;
  readonly manifest: ActionManifest;
  /** The faults of a body against the schema; none means that it is a `Params`. */
  findFaults(body: unknown, bodyBytes: number): readonly ParamsError[];
  /** The values in valid parameters that policies look at. */
  extractFacts(params: Params): Facts;
}

export interface Tool {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  /** What of it fails together. */
  readonly isolation: Isolation;
  readonly actions: ReadonlyMap<string, ToolAction>;
}

/** The tools that the configured adapters have told of. */
export interface ToolRegistry {
  /** Names of all configured tools; the closed set of the metric label `tool`. */
  readonly names: ReadonlySet<string>;
  /** The tool if its adapter has told of it. */
  get(name: string): Tool | undefined;
  /** All tools whose adapters have told of them. */
  all(): readonly Tool[];
}
