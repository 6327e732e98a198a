import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { providerFileName } from '@4runr/simulated-provider';
import { type AdapterDeclaration, adapterDeclarationSchema } from './adapter-declaration.ts';

/** The name of the folder that the adapter of a tool lies in. */
export function adapterFolderName(tool: string): string {
  return tool.replaceAll('_', '-');
}

/**
 * Reads `services/tool-adapters/<tool>/adapter.json` of every adapter in a repository, in the order of their ports: an
 * adapter belongs to the mesh because its folder is there.
 *
 * @throws Error naming the file that is not usable, or what two adapters have in common
 */
export function readAdapterDeclarations(root: string): readonly AdapterDeclaration[] {
  const files = globSync('services/tool-adapters/*/adapter.json', { cwd: root });
  const declarations = files.map((file) => readDeclaration(root, file)).sort((a, b) => a.port - b.port);
  assertDistinct(declarations, 'port');
  assertDistinct(declarations, 'settings');
  return declarations;
}

function readDeclaration(root: string, file: string): AdapterDeclaration {
  const read = adapterDeclarationSchema.safeParse(parseJson(readFileSync(join(root, file), 'utf8'), file));
  if (!read.success) {
    const wrong = read.error.issues.map(({ path, message }) => `  ${path.join('.')}: ${message}`);
    throw new Error(`${file} is not usable:\n${wrong.join('\n')}`);
  }
  const folder = dirname(file);
  const expected = adapterFolderName(read.data.tool);
  if (basename(folder) !== expected)
    throw new Error(`${file} declares the tool ${read.data.tool}, whose folder would be ${expected}`);
  const providerFile = join(root, folder, providerFileName);
  return { ...read.data, folder, providerFile: existsSync(providerFile) ? providerFile : undefined };
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(`${file} is not JSON`, { cause });
  }
}

function assertDistinct(declarations: readonly AdapterDeclaration[], member: 'port' | 'settings'): void {
  const folders = new Map<string | number, string>();
  for (const declaration of declarations) {
    const value = declaration[member];
    const other = folders.get(value);
    if (other !== undefined)
      throw new Error(`${other} and ${declaration.folder} declare the same ${member}: ${value}`);
    folders.set(value, declaration.folder);
  }
}

/** Every adapter of the repository that this file lies in. */
export const adapterDeclarations = readAdapterDeclarations(
  fileURLToPath(new URL('../../../../', import.meta.url)).replace(/\/$/, ''),
);
