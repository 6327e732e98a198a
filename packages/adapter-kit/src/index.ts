export type { ActionCall, ExchangeContext } from './action/action-call.ts';
export { runDetached, waitForDetached } from './action/run-detached.ts';
export {
  type ActionHandler,
  type ActionHandlers,
  type ActionOutcome,
  type AdapterDefinition,
  type AdapterParts,
  defineAdapter,
  type StreamEnd,
  type StreamHandler,
  type StreamingHandlers,
} from './adapter.ts';
export { type CredentialOptions, type CredentialSource, secretText } from './credential/credential-source.ts';
export { type VaultConfig, vaultSettings } from './credential/vault-settings.ts';
export {
  brokenOffAnswer,
  isSuccess,
  malformedAnswer,
  type ProviderComplaint,
  parseJsonAnswer,
  rejectedAnswer,
} from './provider/answer.ts';
export type { Inference, InferenceRequest, StartInference } from './provider/inference-span.ts';
export type { ProviderClient, ProviderClientOptions } from './provider/provider-client.ts';
export type { ProviderRequest, ProviderResponse } from './provider/provider-request.ts';
export { gatherStream, type ProviderStream, type ProviderStreamRequest } from './provider/provider-stream.ts';
export { runAdapter, startAdapter } from './run-adapter.ts';
