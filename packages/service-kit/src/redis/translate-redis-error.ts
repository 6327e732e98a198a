import {
  ClientClosedError,
  ClientOfflineError,
  DisconnectsClientError,
  SocketClosedUnexpectedlyError,
  TimeoutError,
} from '@redis/client';
import { ProblemError } from '../errors/index.ts';

const unavailable = [
  ClientClosedError,
  ClientOfflineError,
  DisconnectsClientError,
  SocketClosedUnexpectedlyError,
  TimeoutError,
];

/** A Redis that cannot be reached in time is `service.unavailable`. */
export function translateRedisError(error: unknown): ProblemError | undefined {
  if (!unavailable.some((kind) => error instanceof kind)) return undefined;
  return new ProblemError('service.unavailable', { cause: error, headers: { 'Retry-After': '1' } });
}
