import { type RedisScript, redisScript, runScript, type ScriptRedis } from '@4runr/decision-ledger';
import * as z from 'zod';
import type { CallKey, Claim, EarlierCall, KeyStore } from '../../domain/keyed-call.ts';
import type { PersistentWriter } from '../persistent-writer.ts';
import { entryNamesOf } from './entry-names.ts';
import { failClosed } from './fail-closed.ts';
import { holdOf } from './key-hold.ts';
import { claimScript } from './key-scripts.ts';
import { entryBytes, type KeyStoreOptions, leaseMs, reservedMs } from './key-store-options.ts';
import { digestRequest, openOutcome } from './outcome-sealer.ts';

const claim = redisScript(claimScript);

/** What the script says; see there. */
const claimReplySchema = z.tuple([
  z.enum(['reserved', 'done', 'unknown', 'running', 'conflict', 'full']),
  z.string(),
  z.string(),
]);

/**
 * Keys in the state Redis, in their agent's partition ([ADR 35](../../../../../docs/adr/0035-effects-at-most-once.md)).
 *
 * @param redis one server, or a Redis Cluster: every script keeps to one slot
 * @param writer tries again what has to be told when a call has ended
 */
export function createKeyStore(
  redis: ScriptRedis,
  writer: PersistentWriter,
  options: KeyStoreOptions,
): KeyStore {
  const now = () => (options.nowMs === undefined ? '' : String(options.nowMs()));
  return {
    async claim(key: CallKey, { callId, request }): Promise<Claim> {
      const { name, keys, secret } = entryNamesOf(key);
      const run = (script: RedisScript, rest: readonly string[]) =>
        runScript(redis, script, { keys: [...keys], arguments: [now(), name, callId, ...rest] });
      const reply = await run(claim, [
        digestRequest(request, secret),
        ...[leaseMs, reservedMs, entryBytes, options.agentBytesMax].map(String),
      ]).catch(failClosed);
      const [status, earlierId, rest] = claimReplySchema.parse(reply);
      switch (status) {
        case 'reserved':
          return { kind: 'held', hold: holdOf({ callId, secret, run }, writer, options) };
        case 'done':
          return replayOf({ callId: earlierId, outcome: openOutcome(rest, secret) });
        case 'unknown':
          return replayOf({ callId: earlierId, outcome: { kind: 'unknown' } });
        case 'full':
          return { kind: 'full', retryAfterSeconds: Math.max(1, Math.ceil(Number(rest) / 1_000)) };
        case 'running':
        case 'conflict':
          return { kind: status };
      }
    },
  };
}

function replayOf(earlier: EarlierCall): Claim {
  return { kind: 'replay', earlier };
}
