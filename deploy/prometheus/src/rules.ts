import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';

const folder = path.dirname(import.meta.dirname);

/** A rule as it stands in its file; it has either an `alert` or a `record`. */
export interface Rule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly labels?: Record<string, string>;
  readonly annotations?: Record<string, string>;
}

/** Below the folder of this package. */
export const ruleFiles: readonly string[] = globSync('rules/*.yml', { cwd: folder }).sort();

export function rulesOf(file: string): Rule[] {
  const { groups } = parse(readFileSync(path.join(folder, file), 'utf8')) as {
    groups: readonly { readonly rules: readonly Rule[] }[];
  };
  return groups.flatMap(({ rules }) => rules);
}

/** Every rule of every file. */
export const rules: readonly Rule[] = ruleFiles.flatMap(rulesOf);
