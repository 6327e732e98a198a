import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { operatorScopes } from '@4runr/contracts/token';
import type { Client } from './client.ts';
import { grantScope } from './grant-scope.ts';

const agent: Client = {
  id: 'agt_1',
  kind: 'agent',
  clientId: 'agt_1',
  role: 'scraper',
  status: 'active',
  authMethod: 'private_key_jwt',
  epoch: 0,
  keys: [],
  secrets: [],
  tokenTtlSeconds: 900,
  operatorScopes: [],
};
const operator: Client = {
  ...agent,
  id: 'opr_1',
  kind: 'operator',
  clientId: 'admin',
  role: 'operator',
  operatorScopes,
};
const auditor: Client = { ...operator, operatorScopes: ['audit:read', 'policies:read'] };

describe('grantScope', () => {
  const granted: readonly [
    name: string,
    client: Client,
    requested: string | undefined,
    scope: readonly string[],
  ][] = [
    ['an agent that asks for nothing gets every tool', agent, undefined, ['*:*']],
    ['blanks ask for nothing', agent, '  ', ['*:*']],
    ['an agent gets the tools it asks for, in its order', agent, 'b:x a:*', ['b:x', 'a:*']],
    ['a scope is granted once', agent, 'a:x a:x', ['a:x']],
    ['an operator who asks for nothing gets all of operators', operator, undefined, operatorScopes],
    ['an operator gets what was asked for', operator, 'audit:read', ['audit:read']],
    ['a limited one who asks for nothing gets its own', auditor, undefined, ['audit:read', 'policies:read']],
    ['a limited one gets what it asks for of them', auditor, 'policies:read', ['policies:read']],
  ];
  for (const [name, client, requested, scope] of granted) {
    it(name, () => assert.deepEqual(grantScope(client, requested), scope));
  }

  const refused: readonly [name: string, client: Client, requested: string, reason: string][] = [
    ['an agent gets no scope of operators', agent, 'agents:read', 'operator_scope'],
    ['nor one that does not exist yet', agent, 'faults:erase', 'operator_scope'],
    ['nor by wildcard', agent, 'credentials:*', 'operator_scope'],
    ['every tool’s action of a name is no scope', agent, '*:search', 'scope'],
    ['a limited operator gets nothing beyond', auditor, 'audit:read agents:write', 'operator_scope'],
    ['an operator gets no tools', operator, '*:*', 'scope'],
    ['an operator gets no wildcard', operator, 'agents:*', 'scope'],
    ['scopes are separated by spaces alone', agent, 'a:x\tb:y', 'scope'],
  ];
  for (const [name, client, requested, reason] of refused) {
    it(name, () => {
      assert.throws(() => grantScope(client, requested), {
        name: 'OAuthError',
        code: 'invalid_scope',
        reason,
      });
    });
  }
});
