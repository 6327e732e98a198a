import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { AdapterFiles } from './adapter-files.ts';
import { PlanError } from './adapter-plan.ts';

/** Writes an adapter into a folder that is not there yet. @throws PlanError when it is */
export function writeAdapter(folder: string, files: AdapterFiles): void {
  mkdirSync(dirname(folder), { recursive: true });
  try {
    mkdirSync(folder);
  } catch (cause) {
    throw new PlanError(`${folder} is there already`, { cause });
  }
  for (const [path, content] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content.endsWith('\n') ? content : `${content}\n`);
  }
}
