import { createHash } from 'node:crypto';

interface ScriptCall {
  readonly keys: string[];
  readonly arguments: string[];
}

/** What is needed of a client of Redis, or of a Redis Cluster. It gives up by itself on a server that does not answer. */
export interface ScriptRedis {
  evalSha(sha1: string, call: ScriptCall): Promise<unknown>;
  eval(script: string, call: ScriptCall): Promise<unknown>;
}

/** A script in Lua, under the name that Redis knows it by. */
export interface RedisScript {
  readonly source: string;
  readonly sha1: string;
}

export function redisScript(source: string): RedisScript {
  return { source, sha1: createHash('sha1').update(source).digest('hex') };
}

/** Runs a script by its name, and sends it whole to a server that does not know it: one that was started or joined since. */
export async function runScript(redis: ScriptRedis, script: RedisScript, call: ScriptCall): Promise<unknown> {
  try {
    return await redis.evalSha(script.sha1, call);
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
    return redis.eval(script.source, call);
  }
}
