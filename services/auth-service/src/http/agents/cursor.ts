import { ProblemError } from '@4runr/service-kit/errors';

/** A position in a list, in a form that invites nobody to compute with it. */
export function formatCursor(position: string): string {
  return Buffer.from(`after:${position}`).toString('base64url');
}

/** @throws ProblemError `request.invalid` for a cursor that no page ever gave */
export function parseCursor(cursor: string): string {
  const position = /^after:(\d{1,18})$/.exec(Buffer.from(cursor, 'base64url').toString('latin1'))?.[1];
  if (position === undefined)
    throw new ProblemError('request.invalid', { detail: 'The cursor is not usable.' });
  return position;
}
