import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as agent from './index.ts';

describe('examples of the agent contract', () => {
  const rows = [
    ['creation with own keys', agent.createAgentSchema, agent.createAgentExample],
    ['creation without keys', agent.createAgentSchema, agent.createAgentWithoutKeyExample],
    ['creation with a secret', agent.createAgentSchema, agent.createAgentWithSecretExample],
    ['answer with a secret', agent.createAgentResponseSchema, agent.createAgentWithSecretResponseExample],
    ['agent', agent.agentSchema, agent.agentExample],
    ['answer to a creation', agent.createAgentResponseSchema, agent.createAgentResponseExample],
    ['list', agent.agentListSchema, agent.agentListExample],
    ['role', agent.agentRoleSchema, agent.agentRoleExample],
    ['change', agent.updateAgentSchema, agent.updateAgentExample],
    ['addition of a key', agent.addAgentKeySchema, agent.addAgentKeyExample],
    ['answer to it', agent.addAgentKeyResponseSchema, agent.addAgentKeyResponseExample],
    ['answer with a secret to it', agent.addAgentKeyResponseSchema, agent.addAgentSecretResponseExample],
    ['answer to a revocation', agent.revokeAgentTokensResponseSchema, agent.revokeAgentTokensResponseExample],
  ] as const;
  for (const [name, schema, example] of rows) {
    it(`${name}: the example passes its schema unchanged`, () => {
      assert.deepEqual(schema.parse(example), example);
    });
  }
});

describe('createAgentSchema', () => {
  const rows = {
    'a blank name': { name: ' ' },
    'a name with a NUL, which Postgres cannot store': { name: 'a\0b' },
    'a name with a lone surrogate, which UTF-8 cannot write': { name: 'a\ud800' },
    'a name over 100 characters': { name: 'a'.repeat(101) },
    'a role in capitals': { role: 'Scraper' },
    'an unknown member': { scopes: ['*:*'] },
    'an empty key set': { jwks: { keys: [] } },
    'eleven keys': { jwks: { keys: Array.from({ length: 11 }, () => ({})) } },
    'an unknown authentication method': { authMethod: 'none' },
    'tokens that live for less than a minute': { tokenTtlSeconds: 59 },
    'tokens that live for over an hour': { tokenTtlSeconds: 3_601 },
    'tokens that live for part of a second': { tokenTtlSeconds: 90.5 },
  };
  for (const [name, change] of Object.entries(rows)) {
    it(`refuses ${name}`, () => {
      const body = { ...agent.createAgentWithoutKeyExample, ...change };
      assert.equal(agent.createAgentSchema.safeParse(body).success, false);
    });
  }
});

describe('updateAgentSchema', () => {
  const rows = {
    'nothing to change': {},
    'a blank name': { name: ' ' },
    'no name': { name: null },
    'no role': { role: null },
    'an unknown status': { status: 'deleted' },
    'a member that never changes': { clientId: 'agt_01k3v9q2m4h8w6x5z7yd' },
    'keys, which are added and removed one by one': { jwks: { keys: [] } },
  };
  for (const [name, body] of Object.entries(rows)) {
    it(`refuses ${name}`, () => assert.equal(agent.updateAgentSchema.safeParse(body).success, false));
  }
});
