import type { CredentialFields } from '@4runr/contracts/credential';
import { ProblemError } from '@4runr/service-kit/errors';
import { type Kit, repeatUntilClosed } from '@4runr/service-kit/lifecycle';
import * as z from 'zod';
import { registerCredentialMetrics } from './credential-metrics.ts';
import {
  type CredentialKeeper,
  createCredentialKeeper,
  type Faults,
  type HeldCredential,
  versionOf,
} from './held-credential.ts';
import { createVaultReader } from './vault-reader.ts';
import type { VaultConfig } from './vault-settings.ts';

/** The credential of a tool, always the newest that is known. */
export interface CredentialSource<T> {
  /**
   * The credential to make a call with; take it anew for each. The same version is the same object.
   *
   * @throws ProblemError `service.unavailable` while neither vault nor environment gives one that fits
   */
  get(): T;
}

export interface CredentialOptions<T> {
  readonly vault: VaultConfig;
  /** What the credential of the tool must look like. Its messages reach the log, so they show no values. */
  readonly schema: z.ZodType<T>;
  /** The members as the settings give them, the empty ones included. */
  readonly fallback: CredentialFields;
  /** Names of the variables behind them. */
  readonly settings: readonly string[];
}

/** A member of a credential that becomes part of a header or form: printable ASCII without blanks. */
export function secretText(): z.ZodType<string> {
  return z.string().regex(/^[\x21-\x7e]+$/, 'is not printable ASCII without blanks');
}

/** How far the times between two looks differ, as a share of their mean: replicas do not ask in step. */
const jitter = 0.2;

/**
 * Follows the vault until the service stops. Its entry comes before the environment's; while it cannot be reached, whatever
 * is in use stays in use.
 *
 * @returns `firstLook`, which resolves when the vault was asked once, whatever came of it
 */
export function createCredentialSource<T>(
  kit: Kit,
  tool: string,
  options: CredentialOptions<T>,
): { readonly source: CredentialSource<T>; readonly firstLook: Promise<void> } {
  const { vault, schema, fallback, settings } = options;
  const { keeper, faults } = createCredentialKeeper(schema, fallback);
  const teller = createTeller(kit, tool, keeper);
  if (faults !== undefined) teller.refuse('environment', faults);
  const { firstLook, checkedAt } =
    vault.authServiceUrl === '' ? withoutVault(teller) : followVault(kit, { tool, keeper, teller, vault });
  registerCredentialMetrics(kit.metrics, tool, { keeper, checkedAt });
  const places = [...(checkedAt === undefined ? [] : ['the vault']), ...settings].join(', ');
  return {
    firstLook,
    source: {
      get() {
        if (keeper.held.source !== 'none') return keeper.held.value;
        throw noCredential(tool, places);
      },
    },
  };
}

interface Following {
  readonly firstLook: Promise<void>;
  /** When the vault was last heard of, in milliseconds since the epoch. */
  readonly checkedAt: (() => number) | undefined;
}

function withoutVault(teller: Teller): Following {
  teller.tellIfChanged();
  return { firstLook: Promise.resolve(), checkedAt: undefined };
}

function followVault<T>(
  kit: Kit,
  parts: { tool: string; keeper: CredentialKeeper<T>; teller: Teller; vault: VaultConfig },
): Following {
  const { tool, keeper, teller, vault } = parts;
  const read = createVaultReader(kit, tool, vault.authServiceUrl);
  const looked = Promise.withResolvers<void>();
  let checkedAt = Date.now();
  repeatUntilClosed(kit, {
    name: `credential of ${tool}`,
    everyMs: vault.credentialPollMs,
    jitter,
    async run() {
      try {
        const faults = keeper.take(await read(keeper.entityTag));
        if (faults !== undefined) teller.refuse('vault', faults);
        checkedAt = Date.now();
      } finally {
        teller.tellIfChanged();
        looked.resolve();
      }
    },
  });
  return { firstLook: looked.promise, checkedAt: () => checkedAt };
}

/** Tells the log where the credential comes from, never what it is. */
interface Teller {
  refuse(source: 'vault' | 'environment', faults: Faults): void;
  /** Says which credential is in use, once for each. */
  tellIfChanged(): void;
}

function createTeller({ logger }: Kit, tool: string, keeper: CredentialKeeper<unknown>): Teller {
  let told: HeldCredential<unknown> | undefined;
  return {
    refuse(source, faults) {
      const version = keeper.refusedVersion;
      logger.error(
        { tool, source, version, faults },
        'a credential does not fit this adapter and is not used',
      );
    },
    tellIfChanged() {
      const { held } = keeper;
      if (held === told) return;
      told = held;
      if (held.source === 'none') logger.warn({ tool }, 'there is no credential, so calls are refused');
      else logger.info({ tool, source: held.source, version: versionOf(held) }, 'this credential is in use');
    },
  };
}

function noCredential(tool: string, places: string): ProblemError {
  return new ProblemError('service.unavailable', {
    detail: 'The gateway has no credential for this tool.',
    cause: new Error(`no usable credential of ${tool} in ${places}`),
    headers: { 'Retry-After': '2' },
  });
}
