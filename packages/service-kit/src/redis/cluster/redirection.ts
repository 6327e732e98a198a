import { ErrorReply } from '@redis/client';
import type { RedisAddress } from '../redis-url.ts';
import { type NodeName, namedBy } from './node-name.ts';

/** What a node says that has not got a key. */
export interface Redirection {
  /** `moved`: the slot is with that node; `ask`: it is being moved there, and this key is there already, or would be. */
  readonly kind: 'moved' | 'ask';
  readonly node: NodeName;
}

const form = /^(MOVED|ASK) \d+ (.*):(\d+)$/;

/** @param asked the node that answered */
export function readRedirection(error: unknown, asked: RedisAddress): Redirection | undefined {
  if (!(error instanceof ErrorReply)) return undefined;
  const [, kind, host = '', port] = form.exec(error.message) ?? [];
  if (kind === undefined) return undefined;
  return { kind: kind === 'MOVED' ? 'moved' : 'ask', node: namedBy(host, Number(port), asked) };
}
