import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { it } from 'node:test';
import { promisify } from 'node:util';
import { createAgentResponseSchema } from '@4runr/contracts/agent';
import { auditListSchema } from '@4runr/contracts/audit';
import { callResponseSchema } from '@4runr/contracts/call';
import { credentialSchema } from '@4runr/contracts/credential';
import { problemSchema } from '@4runr/contracts/problem';
import { tokenResponseSchema } from '@4runr/contracts/token';
import { createEdgeClient, sessionVariables } from '@4runr/local-stack';
import { demonstrate } from '@4runr/local-stack/installation';
import { e2e } from './mesh/config.ts';
import { stack } from './mesh/gateway.ts';
import { changePolicy } from './mesh/policies.ts';

const root = path.resolve(import.meta.dirname, '../..');
const evalLine = 'eval "$(npm run -s env)"\n';

/** The shell blocks of the README that begin with the `eval`, without it: the variables are this mesh's. */
async function readSessions(): Promise<string[]> {
  const readme = await readFile(path.join(root, 'README.md'), 'utf8');
  const blocks = readme.match(/(?<=^```sh\n)[\s\S]*?(?=^```$)/gm) ?? [];
  return blocks.filter((block) => block.startsWith(evalLine)).map((block) => block.slice(evalLine.length));
}

/** What the commands of a session answered, in order. */
async function runSession(session: string | undefined): Promise<unknown[]> {
  assert.ok(session !== undefined, 'the README has the session');
  const env = { ...process.env, ...(await sessionVariables(stack(), e2e.folder)) };
  const { stdout } = await promisify(execFile)('bash', ['-euc', session], { env });
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
}

/** What `npm start` and `docker compose up` show of a mesh: scope and status of each call. */
async function shownAtStart(): Promise<readonly (readonly [scope: string, status: number])[]> {
  const { edge: at, agents, operator } = stack();
  const edge = createEdgeClient({ url: at.https, caFile: at.ca });
  const shown: (readonly [string, number])[] = [];
  try {
    await demonstrate({
      ...{ edge, agents, operator, upstreamMode: 'mock' },
      onAnswer: ({ scope, answer }) => void shown.push([scope, answer.status]),
    });
  } finally {
    await edge.close();
  }
  return shown;
}

it('each tool that the README draws answers a call at a start, as it says, whether or not the start before has permitted it', async () => {
  const readme = await readFile(path.join(root, 'README.md'), 'utf8');
  const drawn = /^ +(\w+(?: · \w+)+)$/m.exec(readme)?.[1]?.split(' · ') ?? [];
  assert.ok(drawn.includes('wikipedia'));
  try {
    for (const shown of [await shownAtStart(), await shownAtStart()]) {
      assert.deepEqual(shown.map(([scope]) => scope.split(':')[0]).sort(), drawn.toSorted());
      assert.deepEqual(
        shown.filter(([, status]) => status !== 200),
        [],
      );
    }
  } finally {
    await changePolicy('demo-wikipedia', 'DELETE');
  }
});

const skip = spawnSync('curl', ['--version']).error !== undefined && 'curl is not installed';

it('the session of the README gets a token, makes a call, chats and is refused a call', {
  skip,
}, async () => {
  const [session] = await readSessions();
  const [token, call, chat, refusal] = await runSession(session);
  assert.ok(tokenResponseSchema.safeParse(token).success);
  assert.ok(callResponseSchema.safeParse(call).success);
  assert.equal((chat as { object?: unknown }).object, 'chat.completion');
  assert.equal(problemSchema.parse(refusal).code, 'policy.denied');
});

it('an operator’s session of the README registers, revokes and shows who did it', { skip }, async () => {
  const [, session] = await readSessions();
  const [registered, credential, revoked, audit] = await runSession(session);
  assert.equal(createAgentResponseSchema.parse(registered).authMethod, 'client_secret_basic');
  assert.equal(credentialSchema.parse(credential).tool, 'serpapi');
  assert.deepEqual(revoked, { epoch: 1 });
  assert.ok(auditListSchema.parse(audit).items.length > 0);
});
