import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Request, Response } from 'express';
import type { ProblemError } from '../errors/index.ts';
import { createTestMesh } from '../testing/test-mesh.ts';
import { createMeshKeyring } from './mesh-keys.ts';
import { createMeshTokenSource } from './mesh-token.ts';
import { meshCallerOf, requireMeshToken } from './require-mesh-token.ts';

const mesh = createTestMesh();
const keys = [mesh.keyOf('proxy-service', 'policy-service'), mesh.keyOf('adapter-openai', 'policy-service')];
const tokenOf = (caller: string) => createMeshTokenSource(createMeshKeyring(caller, keys))('policy-service');

/** What comes of a request with an `Authorization` header: the refusal's code, and the events that were reported. */
function knock(authorization: string | undefined): { code: string; events: string[] } {
  const events: string[] = [];
  const guard = requireMeshToken({
    keyring: createMeshKeyring('policy-service', keys),
    callers: ['proxy-service'],
    reportSecurityEvent: (event, fields) => void events.push(`${event} ${JSON.stringify(fields)}`),
  });
  try {
    guard({ headers: { authorization }, path: '/x' } as Request, { locals: {} } as Response, () => undefined);
    return { code: 'passed', events };
  } catch (error) {
    return { code: (error as ProblemError).code, events };
  }
}

const knocks: [guarantee: string, authorization: string | undefined, code: string, event?: string][] = [
  ['lets the named caller pass', `Bearer ${tokenOf('proxy-service')}`, 'passed'],
  [
    'refuses another service',
    `Bearer ${tokenOf('adapter-openai')}`,
    'scope.insufficient',
    'authorization_violation',
  ],
  ['refuses garbage', 'Bearer garbage', 'token.invalid', 'authentication_failure'],
  ['refuses another scheme', 'Basic YTpi', 'token.invalid', 'authentication_failure'],
  ['refuses who says nothing', undefined, 'token.missing', 'authentication_failure'],
];

describe('requireMeshToken', () => {
  for (const [guarantee, authorization, code, event] of knocks) {
    it(guarantee, () => {
      const outcome = knock(authorization);
      assert.equal(outcome.code, code);
      assert.deepEqual(
        outcome.events.map((line) => line.split(' ')[0]),
        event === undefined ? [] : [event],
      );
      assert.ok(!outcome.events.join().includes('garbage'), 'no token is reported');
    });
  }
});

describe('requireMeshToken for callers that the request names', () => {
  const guard = requireMeshToken({
    keyring: createMeshKeyring('policy-service', keys),
    callers: ({ params }) => [`adapter-${String(params.tool)}`],
    reportSecurityEvent: () => undefined,
  });
  const knockAs = (caller: string, tool: string): Response => {
    const response = { locals: {} } as Response;
    const headers = { authorization: `Bearer ${tokenOf(caller)}` };
    guard({ headers, path: '/x', params: { tool } } as unknown as Request, response, () => undefined);
    return response;
  };

  it('lets the one pass that it names, and says who that is and by which key', () => {
    const caller = { service: 'adapter-openai', kid: 'test' };
    assert.deepEqual(meshCallerOf(knockAs('adapter-openai', 'openai')), caller);
  });

  it('refuses every other', () => {
    for (const [caller, tool] of [
      ['adapter-openai', 'serpapi'],
      ['proxy-service', 'openai'],
    ] as const)
      assert.throws(() => knockAs(caller, tool), { code: 'scope.insufficient' });
  });
});
