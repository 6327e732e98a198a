import { execFileSync, spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseAllDocuments } from 'yaml';

export const folder = path.dirname(import.meta.dirname);
export const repository = path.resolve(folder, '../..');

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  // biome-ignore lint/suspicious/noExplicitAny: each kind has its own
  readonly spec?: any;
}

/** kustomize comes with kubectl, and alone; who has neither cannot install the mesh on a cluster either. */
const builders: readonly (readonly [string, ...string[]])[] = [
  ['kustomize', 'build'],
  ['kubectl', 'kustomize'],
];
const builder = builders.find(([command]) => spawnSync(command, ['version', '--client']).error === undefined);

export const withKustomize = { skip: builder === undefined && 'neither kustomize nor kubectl is here' };

/** What an overlay comes to. */
export function build(overlay: string): readonly Manifest[] {
  if (builder === undefined) throw new Error('there is no kustomize');
  const [command, ...args] = builder;
  return read(execFileSync(command, [...args, path.resolve(folder, overlay)], { encoding: 'utf8' }));
}

/** An overlay with a component more, as somebody who installs the mesh would write it; it goes with its scope. */
export function overlayOf(base: string, component: string): Disposable & { readonly path: string } {
  const overlay = mkdtempSync(path.join(tmpdir(), '4runr-overlay-'));
  const resolve = (each: string) => path.relative(realpathSync(overlay), path.join(folder, each));
  const kustomization = { resources: [resolve(base)], components: [resolve(component)] };
  writeFileSync(path.join(overlay, 'kustomization.yaml'), JSON.stringify(kustomization));
  return { path: overlay, [Symbol.dispose]: () => rmSync(overlay, { recursive: true }) };
}

/** The documents of the files, as they stand there. */
export function readFiles(pattern: string): readonly Manifest[] {
  return globSync(pattern, { cwd: folder }).flatMap((file) =>
    read(readFileSync(path.join(folder, file), 'utf8')),
  );
}

function read(text: string): Manifest[] {
  return parseAllDocuments(text).map((document) => document.toJS() as Manifest);
}
