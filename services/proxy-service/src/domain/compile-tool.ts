import { toScope } from '@4runr/contracts/call';
import { type ActionManifest, type Manifest, streamedScopes } from '@4runr/contracts/manifest';
import { compileFacts } from './facts.ts';
import { compileParamsSchema } from './params-schema.ts';
import type { Tool, ToolAction } from './tool.ts';

/** @throws Error when a schema of the manifest cannot be used, or an action offers to stream that policies do not expect to */
export function compileTool(manifest: Manifest): Tool {
  const actions = Object.entries(manifest.actions).map(([name, action]): [string, ToolAction] => [
    name,
    compileAction(manifest.tool, name, action),
  ]);
  return {
    name: manifest.tool,
    version: manifest.version,
    description: manifest.description,
    isolation: manifest.isolation ?? 'tool',
    actions: new Map(actions),
  };
}

function compileAction(tool: string, name: string, manifest: ActionManifest): ToolAction {
  const scope = toScope(tool, name);
  if (manifest.streaming !== undefined && !streamedScopes.has(scope))
    throw new Error(
      `${scope} may not be streamed: policies could ask of its answers what cannot be done to a stream`,
    );
  return {
    name,
    scope,
    manifest,
    findFaults: compileParamsSchema(manifest.params),
    extractFacts: compileFacts(manifest.params),
  };
}
