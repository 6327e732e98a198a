export { answerRequest, failureAnswer, type ProviderAnswer, shownCredential } from './answer-request.ts';
export {
  type DocumentedAnswer,
  parseSimulatedProvider,
  providerFileName,
  type SimulatedProvider,
  simulatedProviderSchema,
} from './provider-file.ts';
export type { ProviderRequest } from './request-parts.ts';
