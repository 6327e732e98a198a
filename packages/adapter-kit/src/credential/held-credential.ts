import type { CredentialFields } from '@4runr/contracts/credential';
import type * as z from 'zod';
import type { VaultEntry, VaultReading } from './vault-reader.ts';

/** The credential that calls are made with, and where it comes from. */
export type HeldCredential<T> =
  | { readonly source: 'vault'; readonly version: number; readonly value: T }
  | { readonly source: 'environment'; readonly value: T }
  | { readonly source: 'none' };

export type CredentialOrigin = HeldCredential<unknown>['source'];

/** Version of the vault's entry; 0 where it is not the vault's. */
export function versionOf(held: HeldCredential<unknown>): number {
  return held.source === 'vault' ? held.version : 0;
}

/** What came of looking at fields: a credential, or what is wrong with them, by the names of members alone. */
type Fit<T> = { readonly value: T } | { readonly faults: Faults };
export type Faults = readonly string[];

/** Decides which credential is used: the vault's last usable word, else the environment's. Knows no network and no clock. */
export interface CredentialKeeper<T> {
  readonly held: HeldCredential<T>;
  /** Names the version that the vault last spoke of, usable or not. */
  readonly entityTag: string | undefined;
  /** That version, where it is not usable. */
  readonly refusedVersion: number | undefined;
  /** Takes what the vault says. @returns what is wrong with it, where what was in use before stays in use */
  take(reading: VaultReading): Faults | undefined;
}

/**
 * @param fallback members as the environment gives them; empty ones are not given
 * @returns the keeper, and what is wrong with what the environment gives
 */
export function createCredentialKeeper<T>(
  schema: z.ZodType<T>,
  fallback: CredentialFields,
): { readonly keeper: CredentialKeeper<T>; readonly faults: Faults | undefined } {
  const environment = readEnvironment(schema, fallback);
  const state = {
    held: environment.held,
    entityTag: undefined as string | undefined,
    refusedVersion: undefined as number | undefined,
  };

  function takeEntry({ entityTag, version, fields }: VaultEntry): Faults | undefined {
    state.entityTag = entityTag;
    const fit = tryFit(schema, fields);
    if ('faults' in fit) {
      state.refusedVersion = version;
      return fit.faults;
    }
    state.refusedVersion = undefined;
    state.held = { source: 'vault', version, value: fit.value };
    return undefined;
  }

  const keeper: CredentialKeeper<T> = {
    get held() {
      return state.held;
    },
    get entityTag() {
      return state.entityTag;
    },
    get refusedVersion() {
      return state.refusedVersion;
    },
    take(reading) {
      if (reading.kind === 'entry') return takeEntry(reading.entry);
      if (reading.kind === 'none')
        Object.assign(state, { held: environment.held, entityTag: undefined, refusedVersion: undefined });
      return undefined;
    },
  };
  return { keeper, faults: environment.faults };
}

function readEnvironment<T>(
  schema: z.ZodType<T>,
  fallback: CredentialFields,
): { held: HeldCredential<T>; faults: Faults | undefined } {
  const given = Object.fromEntries(Object.entries(fallback).filter(([, value]) => value !== ''));
  if (Object.keys(given).length === 0) return { held: { source: 'none' }, faults: undefined };
  const fit = tryFit(schema, given);
  if ('faults' in fit) return { held: { source: 'none' }, faults: fit.faults };
  return { held: { source: 'environment', value: fit.value }, faults: undefined };
}

function tryFit<T>(schema: z.ZodType<T>, fields: CredentialFields): Fit<T> {
  const parsed = schema.safeParse(fields);
  if (parsed.success) return { value: parsed.data };
  return { faults: parsed.error.issues.map(({ path, message }) => [...path, message].join(': ')) };
}
