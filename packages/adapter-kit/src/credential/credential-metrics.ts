import type { Metrics } from '@4runr/service-kit/telemetry';
import { type CredentialKeeper, type CredentialOrigin, versionOf } from './held-credential.ts';

const origins: readonly CredentialOrigin[] = ['vault', 'environment', 'none'];

/** @param watched.checkedAt when the vault was last heard of, in milliseconds since the epoch; undefined without a vault */
export function registerCredentialMetrics(
  metrics: Metrics,
  tool: string,
  watched: { keeper: CredentialKeeper<unknown>; checkedAt: (() => number) | undefined },
): void {
  const { keeper, checkedAt } = watched;
  metrics.gauge({
    name: 'gateway_credential_info',
    help: 'Where the credential in use comes from: 1 for that source, 0 for the others',
    labelNames: ['tool', 'source'],
    collect() {
      for (const source of origins) this.set({ tool, source }, keeper.held.source === source ? 1 : 0);
    },
  });
  metrics.gauge({
    name: 'gateway_credential_version',
    help: 'Version of the credential in use; 0 where it is not of the vault',
    labelNames: ['tool'],
    collect() {
      this.set({ tool }, versionOf(keeper.held));
    },
  });
  metrics.gauge({
    name: 'gateway_credential_refused_version',
    help: 'Version that the vault holds and that does not fit the adapter; 0 where there is none',
    labelNames: ['tool'],
    collect() {
      this.set({ tool }, keeper.refusedVersion ?? 0);
    },
  });
  if (checkedAt === undefined) return;
  metrics.gauge({
    name: 'gateway_credential_age_seconds',
    help: 'Time since the vault last said which credential is the newest',
    labelNames: ['tool'],
    collect() {
      this.set({ tool }, (Date.now() - checkedAt()) / 1_000);
    },
  });
}
