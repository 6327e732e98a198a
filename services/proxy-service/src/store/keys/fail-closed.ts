import { translateRedisError } from '@4runr/service-kit/redis';

/** Where the state Redis does not answer, nothing is known of a key. @throws ProblemError `service.unavailable`; else the error */
export function failClosed(error: unknown): never {
  throw translateRedisError(error) ?? error;
}
