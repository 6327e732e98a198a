import type { StackFile } from '@4runr/local-stack';
import type { Storage } from '../record/run-record.ts';
import { readStores } from './store-counts.ts';

/** What Postgres and both Redis hold, in bytes; null where one of them does not tell. */
export async function readStorage(stack: StackFile): Promise<Storage | null> {
  try {
    const { databaseBytes, walBytes, state, cache } = await readStores(stack);
    return {
      ...{ databaseBytes, walBytes, aofBytes: state.aofBytes },
      ...{ stateBytes: state.memoryBytes, cacheBytes: cache.memoryBytes },
    };
  } catch {
    return null;
  }
}
