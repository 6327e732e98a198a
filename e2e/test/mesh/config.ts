import path from 'node:path';

const required = (name: string): string => {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: run these tests by \`npm test\``);
  return value;
};

/** What the global set-up tells the test files. */
export const e2e = {
  stackFile: path.join(required('E2E_STATE'), 'stack.json'),
  webUrl: required('E2E_WEB'),
  notAllowedUrl: required('E2E_WEB_NOT_ALLOWED'),
};
