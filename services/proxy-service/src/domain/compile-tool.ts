import { toScope } from '@4runr/contracts/call';
import type { ActionManifest, Manifest } from '@4runr/contracts/manifest';
import { compileFacts } from './facts.ts';
import { compileParamsSchema } from './params-schema.ts';
import type { Tool, ToolAction } from './tool.ts';

/** @throws Error when a schema of the manifest cannot be used */
export function compileTool(manifest: Manifest): Tool {
  const actions = Object.entries(manifest.actions).map(([name, action]): [string, ToolAction] => [
    name,
    compileAction(manifest.tool, name, action),
  ]);
  return {
    name: manifest.tool,
    version: manifest.version,
    description: manifest.description,
    actions: new Map(actions),
  };
}

function compileAction(tool: string, name: string, manifest: ActionManifest): ToolAction {
  return {
    name,
    scope: toScope(tool, name),
    manifest,
    findFaults: compileParamsSchema(manifest.params),
    extractFacts: compileFacts(manifest.params),
  };
}
