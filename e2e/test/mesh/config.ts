import path from 'node:path';
import { stackFolder } from '@4runr/local-stack';

const required = (name: string): string => {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: run these tests by \`npm test\``);
  return value;
};

/** What the global set-up tells the test files. */
export const e2e = {
  folder: stackFolder(path.resolve(import.meta.dirname, '../../..'), { state: required('E2E_STATE') }),
  webUrl: required('E2E_WEB'),
  notAllowedUrl: required('E2E_WEB_NOT_ALLOWED'),
};
