import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { UpdateAgent } from '@4runr/contracts/agent';
import type { PublicJwk } from '@4runr/contracts/token';
import type { AgentRecord } from './agent.ts';
import { addAgentKey, addAgentSecret, removeAgentKey, updateAgent } from './agent-edit.ts';
import { generateKey } from './generate-key.ts';

const agent: AgentRecord = {
  id: 'agt_01k3v9q2m4h8w6x5z7yd',
  name: 'Price watcher',
  role: 'scraper',
  description: 'Looks for prices',
  status: 'active',
  clientId: 'agt_01k3v9q2m4h8w6x5z7yd',
  authMethod: 'private_key_jwt',
  keys: [],
  secrets: [],
  removedKeys: [],
  tokenTtlSeconds: 900,
  epoch: 0,
  version: 1,
  createdAt: new Date(0),
  updatedAt: new Date(0),
};
const suspended: AgentRecord = { ...agent, status: 'suspended' };

describe('updateAgent', () => {
  const rows: readonly [what: string, AgentRecord, UpdateAgent, action: string | undefined, ends: boolean][] =
    [
      ['another name', agent, { name: 'Other' }, 'agent.update', false],
      ['another life of tokens', agent, { tokenTtlSeconds: 60 }, 'agent.update', false],
      ['another role ends tokens', agent, { role: 'reader' }, 'agent.update', true],
      ['suspension ends tokens', agent, { status: 'suspended', name: 'Other' }, 'agent.suspend', true],
      ['resumption ends none', suspended, { status: 'active' }, 'agent.resume', false],
      ['resumption in another role', suspended, { status: 'active', role: 'reader' }, 'agent.resume', true],
      ['what is so already', agent, { name: agent.name, status: 'active' }, undefined, false],
      [
        'no description where there is none',
        { ...agent, description: undefined },
        { description: null },
        undefined,
        false,
      ],
    ];
  for (const [what, current, update, action, ends] of rows) {
    it(`${what}: ${action ?? 'nothing'}`, () => {
      const edit = updateAgent(current, update);
      assert.equal(edit?.action, action);
      assert.equal(edit?.endsTokens === true, ends);
    });
  }

  it('names what changes alone', () => {
    const edit = updateAgent(agent, { name: 'Other', role: agent.role, description: null });
    assert.deepEqual(edit?.fields, { name: 'Other', description: null });
  });
});

describe('keys and secrets', () => {
  it('are not stored with what is shown once', () => {
    const secret = { kid: 'sec_1', digest: 'digest', secret: '4rs_secret' };
    assert.deepEqual(addAgentSecret(agent, secret).addedSecret, { kid: 'sec_1', digest: 'digest' });
  });

  it('are one of a kind by what they are, not by what they are called', async () => {
    const { key } = await generateKey();
    const renamed: PublicJwk = { ...key, kid: 'renamed', use: 'sig' };
    await assert.rejects(addAgentKey({ ...agent, keys: [key] }, renamed), { code: 'conflict' });
  });

  it('are removed one after the other, but for the last', async () => {
    const [first, second] = await Promise.all([generateKey(), generateKey()]);
    const both = { ...agent, keys: [first.key, { ...second.key, kid: 'second' }] };
    assert.equal((await removeAgentKey(both, second.key.kid))?.removedKey?.kid, 'second');
    await assert.rejects(removeAgentKey({ ...both, keys: [first.key] }, first.key.kid), { code: 'conflict' });
    await assert.rejects(removeAgentKey(both, 'third'), { code: 'route.unknown' });
  });
});
