import { type Kit, repeatUntilClosed } from '@4runr/service-kit/lifecycle';
import { systemOrigin } from './domain/operator-change.ts';
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
  async function loadCompletely(): Promise<void> {
    const [fault] = await load();
    if (fault !== undefined) throw fault;
  }
  async function keepToSchedule(): Promise<void> {
    const { rotation, deleted } = await keepSigningKeys(parts);
    if (rotation?.kind === 'rotated') {
      const fields = { ...rotation, event: rotationEvent, operator: systemOrigin.operator };
      kit.logger.info(fields, 'signing keys rotated by schedule');
    }
    if (deleted.length > 0)
      kit.logger.info({ deleted }, 'signing keys deleted: their last token has expired');
  }

  let hasBegun = false;
  const onceBegun = (run: () => Promise<void>) => async () => (hasBegun ? run() : undefined);
  repeatUntilClosed(kit, {
    name: 'following of signing keys',
    everyMs: pollMs,
    run: onceBegun(loadCompletely),
  });
  repeatUntilClosed(kit, {
    name: 'schedule of signing keys',
    everyMs: upkeepMs,
    run: onceBegun(keepToSchedule),
  });
  return {
    async begin() {
      await loadCompletely();
      hasBegun = true;
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
