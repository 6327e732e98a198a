import path from 'node:path';

/** The repository. */
export const root = path.resolve(import.meta.dirname, '../..');

export const reportsFolder = path.join(root, 'load-tests/reports');

/** `2026-11-25T18-04-00-primary` among the reports. */
export function reportFolder(name: string, at: Date): string {
  return path.join(reportsFolder, `${at.toISOString().slice(0, 19).replaceAll(':', '-')}-${name}`);
}

/** Programs that were built or brought here. */
export const binFolder = path.join(root, '.local/bin');
