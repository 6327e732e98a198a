import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ProblemError } from '@4runr/service-kit/errors';
import { received, resolved, tools, web } from '../../test/fixtures/calls.ts';
import { resolve } from './resolve.ts';

const { agent, claims } = resolved(web, 'fetch');
const step = resolve({ tools });
const take = async (toolName: string, actionName: string) =>
  step({ ...received({ toolName, actionName }), agent, claims });

describe('resolve', () => {
  it('finds the tool and the action by their names', async () => {
    const { tool, action } = await take('web', 'fetch');
    assert.deepEqual([tool.name, action.scope], ['web', 'web:fetch']);
  });

  it('finds an action whose name every object has, because the manifest has it', async () => {
    assert.equal((await take('web', 'constructor')).action.scope, 'web:constructor');
  });

  const refusals: Readonly<Record<string, [tool: string, action: string, code: string]>> = {
    'a tool that nobody is configured for is unknown': ['nope', 'fetch', 'tool.unknown'],
    'a tool called __proto__ is unknown': ['__proto__', 'fetch', 'tool.unknown'],
    'a tool called constructor is unknown': ['constructor', 'fetch', 'tool.unknown'],
    'a tool that climbs the path is unknown': ['..', 'fetch', 'tool.unknown'],
    'names are compared to the letter': ['Web', 'fetch', 'tool.unknown'],
    'an action that the manifest does not have is unknown': ['mail', 'constructor', 'action.unknown'],
    'an empty action is unknown': ['web', '', 'action.unknown'],
    'a tool whose adapter has not told of it is not available': ['quiet', 'x', 'service.unavailable'],
  };
  for (const [guarantee, [tool, action, code]] of Object.entries(refusals)) {
    it(guarantee, () => assert.rejects(take(tool, action), (error: ProblemError) => error.code === code));
  }

  it('tells of an unknown action which ones there are, and repeats nothing that was sent', async () => {
    await assert.rejects(take('mail', '<script>'), { message: 'mail has the actions send.' });
  });
});
