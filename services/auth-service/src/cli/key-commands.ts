import { userInfo } from 'node:os';
import type { ChangeOrigin } from '../domain/operator-change.ts';
import { countSealed, resealAll } from '../store/reseal.ts';
import { type RotationParts, rotateSigningKeys } from '../store/rotate-signing-keys.ts';
import { readSigningKeys } from '../store/signing-key-store.ts';
import { withdrawSigningKey } from '../store/withdraw-signing-key.ts';
import type { KeysArguments, KeysCommand } from './keys-arguments.ts';
import { renderKeys, renderOutcome, renderSealed, renderWithdrawal } from './render-keys.ts';

/** What a command has to say, and whether it did what it was asked for. */
export interface CommandResult {
  readonly text: string;
  readonly isDone: boolean;
}

type CommandOptions = Pick<KeysArguments, 'isForced' | 'kid'>;
type Command = (parts: RotationParts, options: CommandOptions) => Promise<CommandResult>;

export const keyCommands: Readonly<Record<KeysCommand, Command>> = {
  async list(parts) {
    const keys = await readSigningKeys(parts.database);
    const counts = await countSealed(parts.database, parts.sealer);
    const text = `${renderKeys(keys, parts.rules)}\n${renderSealed(counts, parts.sealer.kekId)}`;
    return { text, isDone: true };
  },

  async rotate(parts, { isForced }) {
    const outcome = await rotateSigningKeys(parts, { origin: whoRunsThis(), isForced });
    const keys = await readSigningKeys(parts.database);
    return {
      text: `${renderOutcome(outcome, { isForced })}\n${renderKeys(keys, parts.rules)}`,
      isDone: outcome.kind !== 'too_early',
    };
  },

  async withdraw({ database, rules }, { kid }) {
    const outcome = await withdrawSigningKey(database, { kid, origin: whoRunsThis() });
    const keys = await readSigningKeys(database);
    return {
      text: `${renderWithdrawal(outcome, kid)}\n${renderKeys(keys, rules)}`,
      isDone: outcome.kind === 'withdrawn',
    };
  },

  async reseal({ database, sealer }) {
    const resealed = await resealAll(database, sealer);
    const counts = await countSealed(database, sealer);
    const text = `Encrypted anew: ${resealed}.\n${renderSealed(counts, sealer.kekId)}`;
    return { text, isDone: counts.every(({ older }) => older === 0) };
  },
};

/** Longest name that the audit trail takes. */
const operatorLengthMax = 128;

/** The account on whose behalf the command runs, for the audit trail: a command line knows no operator. */
function whoRunsThis(): ChangeOrigin {
  return { operator: `cli:${accountName()}`.slice(0, operatorLengthMax), traceId: null };
}

function accountName(): string {
  try {
    return userInfo().username;
  } catch {
    // In a container the number of the account may have no name.
    return String(process.getuid?.() ?? 'unknown');
  }
}
