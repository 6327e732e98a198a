import { isDeepStrictEqual } from 'node:util';
import type * as z from 'zod';
import { rememberRereaders } from './follow-setting.ts';
import { isGivenByFile, readGiven } from './secret-file.ts';
import type { ConfigOf, Setting, Settings } from './setting.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Every fault of the environment at once, a line each. Values are never repeated: they may be secrets. */
export class ConfigError extends Error {
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(`the settings are not usable:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
    this.name = 'ConfigError';
    this.faults = faults;
  }
}

/**
 * Reads the settings from an environment, and secrets also from files that it names, and freezes them. An empty variable
 * counts as unset.
 *
 * @throws ConfigError naming every fault
 */
export function loadConfig<S extends Settings>(settings: S, environment: Environment): ConfigOf<S> {
  const faults: string[] = [];
  const values: Record<string, unknown> = {};
  const production = environment.NODE_ENV === 'production';
  for (const [name, setting] of Object.entries(settings)) {
    const outcome = readSetting(setting, environment, production);
    if (typeof outcome === 'string') faults.push(`${setting.env} ${outcome}`);
    else values[name] = outcome.value;
  }
  if (faults.length > 0) throw new ConfigError(faults);
  const config = Object.freeze(values) as ConfigOf<S>;
  rememberRereaders(config, rereadersOf(settings, environment));
  const isPublic = ([name, setting]: [string, Setting<unknown>]) => isPublicDefault(setting, values[name]);
  publicDefaults.set(
    config,
    Object.entries(settings)
      .filter(isPublic)
      .map(([, { env }]) => env),
  );
  return config;
}

/** For each setting that a file holds, by its name: what it says now, `undefined` where that cannot be used. */
function rereadersOf(settings: Settings, environment: Environment): ReadonlyMap<string, () => unknown> {
  const production = environment.NODE_ENV === 'production';
  const byFile = Object.entries(settings).filter(([, setting]) => isGivenByFile(setting, environment));
  return new Map(
    byFile.map(([name, setting]) => [
      name,
      () => {
        const outcome = readSetting(setting, environment, production);
        return typeof outcome === 'string' ? undefined : outcome.value;
      },
    ]),
  );
}

/** By what `loadConfig` gave back. */
const publicDefaults = new WeakMap<object, readonly string[]>();

/** The variables of a configuration whose values everybody knows: secrets for development that protect nothing. */
export function publicDefaultsIn(config: object): readonly string[] {
  return publicDefaults.get(config) ?? [];
}

function readSetting(
  setting: Setting<unknown>,
  environment: Environment,
  production: boolean,
): string | { value: unknown } {
  const given = readGiven(setting, environment);
  if ('fault' in given) return given.fault;
  const { requiredInProduction = false, isDefaultPublic = false } = setting;
  if (given.text === undefined && production && (requiredInProduction || isDefaultPublic)) {
    return 'must be set in production: its default is only for development';
  }
  const source = given.text ?? setting.default;
  if (source === undefined) return `is required: ${setting.about}`;
  const parsed = setting.read.safeParse(source);
  if (parsed.success) {
    const unfit = production ? describeUnfit(setting, parsed.data) : undefined;
    return unfit ?? { value: parsed.data };
  }
  return parsed.error.issues.map((issue) => describeIssue(issue, setting.secret === true)).join('; ');
}

/** What production refuses of values that are right otherwise. */
function describeUnfit(setting: Setting<unknown>, value: unknown): string | undefined {
  if (isPublicDefault(setting, value)) return 'is the development default, which protects nothing';
  if (setting.secret === true && isOneByteRepeated(value))
    return 'is one byte over and over, which protects nothing';
  return setting.unfitForProduction?.(value);
}

function isPublicDefault(setting: Setting<unknown>, value: unknown): boolean {
  return setting.isDefaultPublic === true && isDefault(setting, value);
}

/** A key that a program left empty, or somebody typed in. */
function isOneByteRepeated(value: unknown): boolean {
  return value instanceof Buffer && value.every((byte) => byte === value[0]);
}

/** Compared as read: a text can be written in several ways. */
function isDefault(setting: Setting<unknown>, value: unknown): boolean {
  return setting.default !== undefined && isDeepStrictEqual(value, setting.read.parse(setting.default));
}

/** What is wrong and where. Names of members are repeated only where they are no part of a secret. */
function describeIssue(issue: z.core.$ZodIssue, isSecret: boolean): string {
  const what = issue.code === 'unrecognized_keys' ? 'has members that are not known' : issue.message;
  const path = issue.path.map((part) => (isSecret && typeof part !== 'number' ? '*' : String(part)));
  return path.length === 0 ? what : `${what} at ${path.join('.')}`;
}
