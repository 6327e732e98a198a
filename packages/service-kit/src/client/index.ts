export { type Deadline, startDeadline } from './deadline.ts';
export { AnswerTooLargeError, type ExchangeAnswer, type ExchangeOptions, exchange } from './exchange.ts';
export { type OpenAnswer, type OpenExchangeOptions, openExchange, SilenceError } from './open-exchange.ts';
export { ServiceCallError, type ServiceCallFailure } from './service-call-error.ts';
export {
  createServiceClient,
  type OpenServiceRequest,
  type OpenServiceResponse,
  type ServiceClient,
  type ServiceRequest,
  type ServiceResponse,
} from './service-client.ts';
