import { countSealed, resealAll } from '../store/reseal.ts';
import { type RotationParts, rotateSigningKeys } from '../store/rotate-signing-keys.ts';
import { readSigningKeys } from '../store/signing-key-store.ts';
import { withdrawSigningKey } from '../store/withdraw-signing-key.ts';
import type { CommandResult } from './command-result.ts';
import type { KeysArguments, KeysCommand } from './keys-arguments.ts';
import { renderKeys, renderOutcome, renderSealed, renderWithdrawal } from './render-keys.ts';
import { whoRunsThis } from './who-runs-this.ts';

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
    const resealed = await resealAll(database, sealer, whoRunsThis());
    const counts = await countSealed(database, sealer);
    const text = `Encrypted anew: ${resealed}.\n${renderSealed(counts, sealer.kekId)}`;
    return { text, isDone: counts.every(({ older }) => older === 0) };
  },
};
