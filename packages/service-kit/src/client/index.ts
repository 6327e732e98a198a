export { type Deadline, startDeadline } from './deadline.ts';
export { isConnectError, ServiceCallError, type ServiceCallFailure } from './service-call-error.ts';
export {
  createServiceClient,
  type ServiceClient,
  type ServiceRequest,
  type ServiceResponse,
} from './service-client.ts';
