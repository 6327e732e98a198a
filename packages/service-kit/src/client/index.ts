export { type Deadline, startDeadline } from './deadline.ts';
export { AnswerTooLargeError, type ExchangeAnswer, type ExchangeOptions, exchange } from './exchange.ts';
export { ServiceCallError, type ServiceCallFailure } from './service-call-error.ts';
export {
  createServiceClient,
  type ServiceClient,
  type ServiceRequest,
  type ServiceResponse,
} from './service-client.ts';
