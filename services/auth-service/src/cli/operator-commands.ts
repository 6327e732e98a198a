import { ProblemError } from '@4runr/service-kit/errors';
import type { MaybeEdit } from '../domain/client-edit.ts';
import { newId } from '../domain/new-id.ts';
import type { OperatorEdited, OperatorRecord, OperatorStanding } from '../domain/operator.ts';
import {
  addOperatorKey,
  deleteOperator,
  removeOperatorKey,
  resumeOperator,
  revokeOperatorTokens,
  suspendOperator,
} from '../domain/operator-edit.ts';
import type { CommandResult } from './command-result.ts';
import type { OperatorParts } from './operator-parts.ts';
import type { OperatorsArguments } from './operators-arguments.ts';
import { readJwksFile } from './read-jwks-file.ts';
import { renderEdited, renderOperators } from './render-operators.ts';
import { UsageError } from './usage-error.ts';
import { whoRunsThis } from './who-runs-this.ts';

type RunnableArguments = Exclude<OperatorsArguments, { command: 'help' }>;

/**
 * Carries out a command over operators.
 *
 * @throws UsageError for a file of keys that is none; ProblemError, what a client would be told
 */
export async function runOperatorCommand(
  parts: OperatorParts,
  args: RunnableArguments,
): Promise<CommandResult> {
  switch (args.command) {
    case 'list':
      return done(await renderOperators(await parts.operators.list()));
    case 'enrol':
      return enrol(parts, args);
    case 'add-key': {
      const key = await readOneKey(args.jwksFile);
      return change(parts, args.operator, (operator) => addOperatorKey(operator, key));
    }
    case 'remove-key':
      return change(parts, args.operator, (operator) => removeOperatorKey(operator, args.key));
    case 'suspend':
      return change(parts, args.operator, (operator, standing) =>
        suspendOperator(operator, { ...standing, ...args }),
      );
    case 'resume':
      return change(parts, args.operator, resumeOperator);
    case 'revoke-tokens':
      return change(parts, args.operator, revokeOperatorTokens);
    case 'delete':
      return change(parts, args.operator, (operator, standing) =>
        deleteOperator(operator, { ...standing, ...args }),
      );
  }
}

async function enrol(
  { operators }: OperatorParts,
  { name, jwksFile, scopes }: Extract<OperatorsArguments, { command: 'enrol' }>,
): Promise<CommandResult> {
  const keys = await readJwksFile(jwksFile);
  const id = newId('opr');
  const enrolled = await operators.enrol(
    { id, clientId: id, name, keys, grantableScopes: scopes },
    whoRunsThis(),
  );
  return done(`Enrolled. Its client id is ${enrolled.clientId}.\n${await renderOperators([enrolled])}`);
}

/** Tokens that shall have ended are published also where there was nothing to do: an earlier run may have failed to. */
async function change(
  { operators, publish }: OperatorParts,
  name: string,
  decide: (operator: OperatorRecord, standing: OperatorStanding) => MaybeEdit,
): Promise<CommandResult> {
  let isLastActive = false;
  const edited = await operators.change(name, whoRunsThis(), (operator, standing) => {
    isLastActive = standing.isLastActive;
    return decide(operator, standing);
  });
  if (edited === undefined) throw unknownOperator(name);
  const isPublished = await publish(edited.operator.id);
  return {
    text: await renderEdited(edited, { isPublished, leavesNone: isLastActive && takesAway(edited) }),
    isDone: isPublished,
  };
}

function takesAway({ edit }: OperatorEdited): boolean {
  return edit?.deletes === true || edit?.fields?.status === 'suspended';
}

async function readOneKey(file: string) {
  const [key, ...others] = await readJwksFile(file);
  if (key === undefined || others.length > 0) throw new UsageError(`${file} must hold one key.`);
  return key;
}

function unknownOperator(name: string): ProblemError {
  return new ProblemError('agent.unknown', {
    detail: `There is no operator ${name}: npm run operators -- list`,
  });
}

function done(text: string): CommandResult {
  return { text, isDone: true };
}
