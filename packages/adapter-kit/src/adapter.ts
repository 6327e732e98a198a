import type { Params, Usage } from '@4runr/contracts/call';
import type { ActionCost } from '@4runr/contracts/cost';
import type { ActionManifest, Manifest } from '@4runr/contracts/manifest';
import type { BaseConfig, Environment } from '@4runr/service-kit/config';
import type { Logger } from '@4runr/service-kit/telemetry';
import type { ActionCall } from './action/action-call.ts';
import type { CredentialOptions, CredentialSource } from './credential/credential-source.ts';
import type { StartInference } from './provider/inference-span.ts';
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

/** What is known when a streamed answer has come to its end. */
export type StreamEnd = Omit<ActionOutcome, 'result'>;

/**
 * Carries one action out whose answer is handed on as it comes: each JSON text that is yielded is a piece of the result. It is
 * asked for the next when the last one is on its way to the caller; `return` ends it when the caller has gone.
 *
 * @throws ProblemError as an `ActionHandler`; before the first piece it is the answer, later the answer ends with it
 */
export type StreamHandler<P = Params> = (call: ActionCall<P>) => AsyncGenerator<string, StreamEnd, void>;

/** Both ways to carry out an action whose manifest has `streaming`. */
export interface StreamingHandlers<P = Params> {
  readonly whole: ActionHandler<P>;
  readonly stream: StreamHandler<P>;
}

/** How an action is carried out. */
export type ActionHandlers<P = Params> = ActionHandler<P> | StreamingHandlers<P>;

/** What an adapter builds its handlers from. */
export interface AdapterParts<C extends BaseConfig> {
  readonly config: C;
  readonly logger: Logger;
  /** Makes a client whose connections are kept alive, and closed when the service stops. */
  createProviderClient(options?: ProviderClientOptions): ProviderClient;
  /** Begins the span of a model that is asked for something, around the exchanges that this takes. */
  readonly startInference: StartInference;
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
  /** What actions cost where settings say it; becomes part of the manifest. */
  readonly costs?: (config: C) => Readonly<Partial<Record<A, ActionCost>>>;
  // biome-ignore lint/suspicious/noExplicitAny: each handler has parameters of its own, which the manifest's schema vouches for.
  readonly compose: (parts: AdapterParts<C>) => Readonly<Record<A, ActionHandlers<any>>>;
}

/** Declares an adapter; the types hold manifest and handlers to the same actions. */
export function defineAdapter<C extends BaseConfig, const A extends string>(
  definition: AdapterDefinition<C, A>,
): AdapterDefinition<C, A> {
  return definition;
}
