import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { problemKinds } from '@4runr/contracts/problem';
import { oauthErrorCodes } from '@4runr/contracts/token';
import { renderTemplate } from './render-template.ts';

const documents = readFileSync(
  new URL('../../../../nginx/edge/problem-documents.conf', import.meta.url),
  'utf8',
);

function entriesOfMap(name: string): [key: string, value: string][] {
  const block = documents.match(new RegExp(`map \\S+ \\$${name} \\{([^}]*)\\}`))?.[1] ?? '';
  return [...block.matchAll(/^\s*(\S+) "?([^";]+)"?;$/gm)].map(([, key = '', value = '']) => [key, value]);
}

describe("the edge's problem documents", () => {
  it('have the status that contracts give each code', () => {
    const entries = entriesOfMap('problem_code').filter(([status]) => status !== 'default');
    assert.ok(entries.length >= 9);
    for (const [status, code] of entries)
      assert.equal(problemKinds[code as keyof typeof problemKinds]?.status, Number(status), code);
  });

  it('have the title that contracts give each code, and one for every code used', () => {
    const titles = new Map(entriesOfMap('problem_title'));
    for (const [, code] of entriesOfMap('problem_code'))
      assert.equal(titles.get(code), problemKinds[code as keyof typeof problemKinds]?.title, code);
  });

  it('are, for OAuth, errors that contracts know', () => {
    const entries = entriesOfMap('oauth_error');
    assert.ok(entries.length >= 3);
    for (const [, error] of entries)
      assert.ok(
        oauthErrorCodes.some((known) => known === error),
        error,
      );
  });
});

describe('a template', () => {
  it("gets its placeholders filled in and keeps nginx's own variables", () => {
    assert.equal(
      renderTemplate(`listen \${EDGE_PORT}; return 200 $uri;`, { EDGE_PORT: '80' }),
      'listen 80; return 200 $uri;',
    );
  });

  it('with a placeholder that has no value is refused by its name', () => {
    assert.throws(() => renderTemplate(`\${EDGE_UNKNOWN}`, {}), /EDGE_UNKNOWN/);
  });
});
