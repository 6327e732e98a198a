import { thumbprintOf } from '../domain/client-keys.ts';
import type { OperatorEdited, OperatorRecord } from '../domain/operator.ts';

/** Each operator with what it may do, and a line per key. */
export async function renderOperators(operators: readonly OperatorRecord[]): Promise<string> {
  if (operators.length === 0) return 'There is no operator.\n';
  return (await Promise.all(operators.map(renderOperator))).join('');
}

/** What came of a change. */
export async function renderEdited(
  { operator, edit }: OperatorEdited,
  { isPublished, leavesNone }: { isPublished: boolean; leavesNone: boolean },
): Promise<string> {
  const isGone = edit?.deletes === true;
  return [
    edit === undefined ? 'There was nothing to do.\n' : `${isGone ? 'Deleted' : 'Done'}.\n`,
    edit?.endsTokens === true && isPublished ? 'Its tokens are refused everywhere within a second.\n' : '',
    isPublished ? '' : notPublished,
    leavesNone ? noneLeft : '',
    isGone ? '' : await renderOperator(operator),
  ].join('');
}

const notPublished =
  'It is stored, but Redis cannot be written: its tokens are alive until auth-service reaches Redis. Run it again to be sure.\n';

const noneLeft =
  'No active operator is left: npm run operators -- enrol. Where none is left at all, the next start of auth-service enrols the one of OPERATOR_CLIENT_ID.\n';

async function renderOperator(operator: OperatorRecord): Promise<string> {
  const { id, clientId, name, status, grantableScopes, keys, createdAt } = operator;
  const called = clientId === id ? name : `${name} (client id ${clientId})`;
  const keyLines = await Promise.all(
    keys.map(async (key) => {
      const thumbprint = await thumbprintOf(key);
      return `           ${key.kty} key ${key.kid}${key.kid === thumbprint ? '' : `, thumbprint ${thumbprint}`}\n`;
    }),
  );
  return [
    `${status.padEnd(9)}  ${id}  ${called}, since ${createdAt.toISOString().slice(0, 10)}\n`,
    `           ${grantableScopes?.join(' ') ?? 'everything'}\n`,
    ...keyLines,
  ].join('');
}
