import type { Params, Usage } from '@4runr/contracts/call';
import type { ActionManifest, Manifest } from '@4runr/contracts/manifest';
import type { BaseConfig, Environment } from '@4runr/service-kit/config';
import type { Logger } from '@4runr/service-kit/telemetry';
import type { ActionCall } from './action/action-call.ts';
import type { CredentialOptions, CredentialSource } from './credential/credential-source.ts';
import type { ProviderClient, ProviderClientOptions } from './provider/provider-client.ts';

/** What carrying an action out gave. */
export interface ActionOutcome {
  /** Becomes the call's `data`. */
  readonly result: unknown;
  /** What the call consumed at the provider, by unit. */
  readonly usage?: Usage;
}

/**
 * Carries one action out. Its parameters have passed the action's schema. It speaks to the provider through a provider
 * client, whose failures it lets pass; whether bytes have reached the provider is recorded there.
 *
 * @throws ProblemError `upstream.*`, `target.forbidden`, `params.invalid` for what no schema can express
 */
export type ActionHandler<P = Params> = (call: ActionCall<P>) => Promise<ActionOutcome>;

/** What an adapter builds its handlers from. */
export interface AdapterParts<C extends BaseConfig> {
  readonly config: C;
  readonly logger: Logger;
  /** Makes a client whose connections are kept alive, and closed when the service stops. */
  createProviderClient(options?: ProviderClientOptions): ProviderClient;
  /** Follows the credential of the tool: one for an adapter, whose settings then have `vaultSettings()`. */
  createCredentialSource<T>(options: CredentialOptions<T>): CredentialSource<T>;
  /** Registers what must be closed when the service stops. */
  onClose(name: string, close: () => Promise<unknown> | unknown): void;
}

/** A tool adapter: what it says of itself, its settings, and a handler for each action that it declares. */
export interface AdapterDefinition<C extends BaseConfig = BaseConfig, A extends string = string> {
  readonly manifest: Manifest & { readonly actions: Readonly<Record<A, ActionManifest>> };
  /**
   * Reads the settings, by default from the environment of the process.
   *
   * @throws ConfigError
   */
  readonly readConfig: (environment?: Environment) => C;
  // biome-ignore lint/suspicious/noExplicitAny: each handler has parameters of its own, which the manifest's schema vouches for.
  readonly compose: (parts: AdapterParts<C>) => Readonly<Record<A, ActionHandler<any>>>;
}

/** Declares an adapter; the types hold manifest and handlers to the same actions. */
export function defineAdapter<C extends BaseConfig, const A extends string>(
  definition: AdapterDefinition<C, A>,
): AdapterDefinition<C, A> {
  return definition;
}
