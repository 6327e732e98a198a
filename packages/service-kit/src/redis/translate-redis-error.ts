import {
  ClientClosedError,
  ClientOfflineError,
  ConnectionTimeoutError,
  DisconnectsClientError,
  ErrorReply,
  SocketClosedUnexpectedlyError,
  SocketTimeoutError,
  TimeoutError,
} from '@redis/client';
import { ProblemError } from '../errors/index.ts';
import { SlotUnservedError } from './cluster/run-on-slot.ts';

const unavailable = [
  ClientClosedError,
  ClientOfflineError,
  ConnectionTimeoutError,
  DisconnectsClientError,
  SlotUnservedError,
  SocketClosedUnexpectedlyError,
  SocketTimeoutError,
  TimeoutError,
];
const socketCodes: ReadonlySet<unknown> = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT']);
/** What a Redis answers that starts, fails over, is full, cannot write, is held up by a script, or has given a slot away. */
const unavailableReply =
  /^(LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|MOVED|ASK|BUSY|OOM|MISCONF|NOREPLICAS|UNBLOCKED)\b/;

/** A Redis that cannot be reached in time, or cannot serve now, is `service.unavailable`. */
export function translateRedisError(error: unknown): ProblemError | undefined {
  if (!(error instanceof Error)) return undefined;
  const isUnavailable =
    unavailable.some((kind) => error instanceof kind) ||
    socketCodes.has((error as NodeJS.ErrnoException).code) ||
    (error instanceof ErrorReply && unavailableReply.test(error.message));
  if (!isUnavailable) return undefined;
  return new ProblemError('service.unavailable', { cause: error, headers: { 'Retry-After': '1' } });
}
