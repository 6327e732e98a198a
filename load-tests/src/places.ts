import path from 'node:path';

/** The repository. */
export const root = path.resolve(import.meta.dirname, '../..');

export const reportsFolder = path.join(root, 'load-tests/reports');

/** Programs that were built or brought here. */
export const binFolder = path.join(root, '.local/bin');
