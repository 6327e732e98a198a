import { readFileSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import type { Environment } from './load-config.ts';
import type { Setting } from './setting.ts';

/** What an environment gives for a setting; without `text` nothing. */
export type Given = { readonly text?: string } | { readonly fault: string };

/**
 * Finds the text of a setting: in its variable or, for a secret and what else may be a file, in the file that `<NAME>_FILE` names, without the newlines
 * at its end. An empty variable counts as unset; an empty file is a fault.
 */
export function readGiven(setting: Setting<unknown>, environment: Environment): Given {
  const [name, ...others] = variablesOf(setting).filter((variable) => (environment[variable] ?? '') !== '');
  if (name === undefined) return {};
  if (others.length > 0)
    return { fault: `is given more than once: by ${[name, ...others].join(' and by ')}` };
  const text = environment[name] ?? '';
  return name === setting.env ? { text } : readFile(name, text);
}

/** Whether an environment names a file that holds the setting. */
export function isGivenByFile(setting: Setting<unknown>, environment: Environment): boolean {
  return variablesOf(setting).some(
    (variable) => variable !== setting.env && (environment[variable] ?? '') !== '',
  );
}

function variablesOf({ env, secret, mayBeFile, shortFileEnv }: Setting<unknown>): readonly string[] {
  if (secret !== true && mayBeFile !== true) return [env];
  return [env, `${env}_FILE`, ...(shortFileEnv === undefined ? [] : [shortFileEnv])];
}

function readFile(variable: string, path: string): Given {
  const file = `the file of ${variable}${shownPath(path)}`;
  try {
    const text = readFileSync(path, 'utf8').replace(/[\r\n]+$/, '');
    return text === '' ? { fault: `is empty in ${file}` } : { text };
  } catch (error) {
    return { fault: `cannot be read from ${file}: ${(error as NodeJS.ErrnoException).code ?? 'failed'}` };
  }
}

/** A path that is not absolute may be the secret itself, given by the wrong variable. */
function shownPath(path: string): string {
  return isAbsolute(path) ? `, ${path}` : '';
}
