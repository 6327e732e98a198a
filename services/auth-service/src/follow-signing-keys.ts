import { setTimeout as delay } from 'node:timers/promises';
import type { Kit } from '@4runr/service-kit/lifecycle';
import type { SigningKey } from './domain/signing-key.ts';
import type { KeysByState } from './domain/signing-key-states.ts';
import type { KeyRing } from './store/key-ring.ts';
import { UnsealError } from './store/key-sealer.ts';
import { keepSigningKeys, type RotationParts } from './store/rotate-signing-keys.ts';
import { openKey, readKeyRevision, readSigningKeys, type StoredKey } from './store/signing-key-store.ts';

/** Between two looks at the keys, in milliseconds: a rotation reaches every replica within a second. */
const pollMs = 500;
/** Between two looks at whether a rotation is due, in milliseconds. */
const upkeepMs = 60_000;

export interface SigningKeyFollower {
  /**
   * Reads the keys for the first time; from then on they are followed until the service stops.
   *
   * @throws UnsealError when a key that signs, or will, cannot be decrypted: better not to start than to fail at a rotation
   */
  begin(): Promise<void>;
}

/**
 * Keeps the keys in memory what they are in the database, and the keys in the database what the schedule wants. While the
 * database is away the keys in memory stay.
 */
export function followSigningKeys(kit: Kit, parts: RotationParts & { keyRing: KeyRing }): SigningKeyFollower {
  const { database, keyRing } = parts;
  let revision = '';
  let signsWith: string | undefined;
  let isComplete = false;

  async function load(): Promise<readonly Error[]> {
    const readRevision = await readKeyRevision(database);
    if (isComplete && readRevision === revision) return [];
    const keys = await readSigningKeys(database);
    const active = await tryToOpen(keys.active, parts);
    const next = await tryToOpen(keys.next, parts);
    keyRing.load({ published: publishedOf(keys), active });
    tellOfChange(kit, keys, signsWith);
    signsWith = keys.active.kid;
    const faults = [active, next].filter((key) => key instanceof Error);
    isComplete = faults.length === 0;
    revision = readRevision;
    return faults;
  }
  const follow = tellOnce(kit, 'signing keys cannot be followed; those in memory stay', async () => {
    const [fault] = await load();
    if (fault !== undefined) throw fault;
  });
  const keep = tellOnce(kit, 'the schedule of the signing keys cannot be kept', async () => {
    const { rotation, deleted } = await keepSigningKeys(parts);
    if (rotation?.kind === 'rotated')
      kit.logger.info(
        { ...rotation, event: rotationEvent, operator: 'system' },
        'signing keys rotated by schedule',
      );
    if (deleted.length > 0)
      kit.logger.info({ deleted }, 'signing keys deleted: their last token has expired');
  });

  const stop = new AbortController();
  let following: Promise<unknown> = Promise.resolve();
  kit.onClose('signing keys', () => {
    stop.abort();
    return following;
  });
  return {
    async begin() {
      const [fault] = await load();
      if (fault !== undefined) throw fault;
      following = Promise.all([repeat(follow, pollMs, stop.signal), repeat(keep, upkeepMs, stop.signal)]);
    },
  };
}

/** Security events are known by this prefix; this one is no offence, and not counted as one. */
const rotationEvent = 'security.signing_key_rotation';

/** What every replica says of a rotation, whoever it was that rotated. */
function tellOfChange(kit: Kit, { active, next, retired }: KeysByState, before: string | undefined): void {
  if (before === undefined || before === active.kid) return;
  const fields = {
    event: rotationEvent,
    active: active.kid,
    next: next.kid,
    retired: retired.map(({ kid }) => kid),
  };
  kit.logger.info(fields, 'tokens are signed with another key');
}

function publishedOf({ active, next, retired }: KeysByState<StoredKey>) {
  return [active, next, ...retired].map(({ publicJwk }) => publicJwk);
}

async function tryToOpen(key: StoredKey, { sealer }: RotationParts): Promise<SigningKey | UnsealError> {
  try {
    return await openKey(key, sealer);
  } catch (error) {
    if (error instanceof UnsealError) return error;
    throw error;
  }
}

/** The work, but its failures are told and kept: the first of a row as an error, and the end of the row. */
function tellOnce(kit: Kit, failure: string, work: () => Promise<void>): () => Promise<void> {
  let isFailing = false;
  return async () => {
    try {
      await work();
      if (isFailing) kit.logger.info(`over: ${failure}`);
      isFailing = false;
    } catch (error) {
      if (!isFailing) kit.logger.error({ err: error }, failure);
      isFailing = true;
    }
  };
}

async function repeat(work: () => Promise<void>, everyMs: number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await delay(everyMs, undefined, { signal }).catch(() => undefined);
    if (!signal.aborted) await work();
  }
}
