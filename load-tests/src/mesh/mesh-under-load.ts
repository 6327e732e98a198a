import type { ClientCredentials, EdgeClient, StackFile } from '@4runr/local-stack';

/** The mesh that a run loads. */
export interface MeshUnderLoad {
  /** Base URL that the load is sent to. */
  readonly edgeUrl: string;
  /** PEM file of the authority behind the edge's HTTPS. */
  readonly caFile: string;
  /** What operators and agents' keys speak to. */
  readonly edge: EdgeClient;
  readonly operator: ClientCredentials;
  /** Processes, metrics and simulator, as they are now; undefined of a mesh elsewhere, of which only the edge is seen. */
  describe(): StackFile | undefined;
  /** The variables that its services were started with, as far as this program knows. */
  readonly settings: Readonly<Record<string, string>>;
  /** Folder that relative paths of {@link describe} start at. */
  readonly root: string;
  stop(): Promise<void>;
}

/** @throws Error where the stack is not, or no more, seen */
export function stackOf(mesh: Pick<MeshUnderLoad, 'describe'>): StackFile {
  const stack = mesh.describe();
  if (stack === undefined) throw new Error('the stack is gone');
  return stack;
}
