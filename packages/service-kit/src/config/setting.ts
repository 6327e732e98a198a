import type * as z from 'zod';

/** One environment variable of a service: its name, how its text is read, and what the documentation says of it. */
export interface Setting<T> {
  readonly env: string;
  /** Reads the text of the variable; its output is the value. Faults become lines of a `ConfigError`. */
  readonly read: z.ZodType<T, string>;
  /** One line for the table of settings: meaning and unit. */
  readonly about: string;
  /** Text that stands in when the variable is unset or empty. Without it the variable is required. */
  readonly default?: string;
  /** Never printed, not even in part. May be given as a file instead, which the variable `<env>_FILE` names. */
  readonly secret?: boolean;
  /** May be given as a file as a secret may, though it is none. */
  readonly mayBeFile?: boolean;
  /** A second, shorter name of the variable that names a secret's file. */
  readonly shortFileEnv?: string;
  /** Refuses the default in production (`NODE_ENV=production`). */
  readonly requiredInProduction?: boolean;
  /** The default is well known and protects nothing: production refuses it given by hand as well. */
  readonly isDefaultPublic?: boolean;
  /** Why production cannot run with a value that is right otherwise; `undefined` where it can. */
  unfitForProduction?(value: T): string | undefined;
}

export type Settings = Readonly<Record<string, Setting<unknown>>>;

/** The values that a record of settings gives. */
export type ConfigOf<S extends Settings> = {
  readonly [K in keyof S]: S[K] extends Setting<infer T> ? T : never;
};

/** Declares a setting; only gives the value type a chance to be inferred. */
export function setting<T>(
  env: string,
  read: z.ZodType<T, string>,
  options: Omit<Setting<T>, 'env' | 'read'>,
): Setting<T> {
  return { env, read, ...options };
}
