import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { type Policy, policyListSchema } from '@4runr/contracts/policy';
import { e2e } from './mesh/config.ts';
import { askAsOperator, stack, tokenOf } from './mesh/gateway.ts';
import { changePolicy, policyIn, storePolicy } from './mesh/policies.ts';

const { root } = e2e.folder;
const command = path.join(root, 'packages/policy-files/src/cli.ts');

let folder: string;
before(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'e2e-policies-'));
});
after(() => rmSync(folder, { recursive: true }));

interface Outcome {
  readonly code: number;
  readonly output: string;
}

/** Runs the command against the edge of the mesh. */
async function apply(from: string, ...options: string[]): Promise<Outcome> {
  const { edge } = stack();
  const args = [command, 'apply', from, '--url', edge.https, '--ca', edge.ca, ...options];
  const env = { ...process.env, OPERATOR_TOKEN: await tokenOf('operator') };
  return run(args, env);
}

async function run(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Outcome> {
  try {
    const { stdout } = await promisify(execFile)(process.execPath, args, { env });
    return { code: 0, output: stdout };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, output: `${stdout}${stderr}` };
  }
}

/** What the one-shot of a deployment does, by the key that set-up has made for it. */
async function deploy(from: string): Promise<Outcome> {
  const { edge } = stack();
  const env = {
    ...process.env,
    POLICIES_FOLDER: from,
    PUBLIC_URL: edge.https,
    EDGE_URL: edge.https,
    OPERATOR_KEY_FILE: path.join(e2e.folder.keys, 'policy-files.pem'),
    NODE_EXTRA_CA_CERTS: edge.ca,
  };
  return run([path.join(root, 'packages/policy-files/src/main.ts')], env);
}

const write = (policy: Policy) =>
  writeFileSync(path.join(folder, `${policy.name}.yaml`), JSON.stringify(policy));
const statusOf = async (name: string) => (await askAsOperator(`/v1/policies/${name}`, 'GET')).status;

async function activePolicies(): Promise<readonly Policy[]> {
  const list = policyListSchema.parse((await askAsOperator('/v1/policies?limit=100', 'GET')).json);
  assert.equal(list.nextCursor, null);
  return list.items.map(({ document }) => document);
}

const policy: Policy = {
  name: 'e2e-filed',
  subjects: { roles: ['e2e-filed'] },
  allow: ['serpapi:search'],
};

describe('policies as files', () => {
  it('that come with the gateway are what it begins with: there is nothing to change', async () => {
    const { code, output } = await apply(path.join(root, 'deploy/policies'));
    assert.equal(code, 0, output);
    for (const name of ['engager', 'enricher', 'scraper'])
      assert.match(output, new RegExp(`^= ${name}$`, 'm'));
    assert.match(output, /Nothing is to be changed\./);
  });

  it('are shown, and applied only when told so', async () => {
    write(policy);
    const shown = await apply(folder);
    assert.match(shown.output, /^\+ e2e-filed$/m);
    assert.match(shown.output, /Nothing was changed\. --yes does it\./);
    assert.equal(await statusOf(policy.name), 404);
    const applied = await apply(folder, '--yes');
    assert.deepEqual([applied.code, await statusOf(policy.name)], [0, 200], applied.output);
    assert.match((await apply(folder, '--yes')).output, /Nothing is to be changed\./);
  });

  it('change what differs from them, and show what it is', async () => {
    write({ ...policy, deny: ['openai:chat'] });
    const { output } = await apply(folder, '--yes');
    assert.match(output, /^~ e2e-filed$/m);
    assert.match(output, /^ {4}\+deny:$/m);
    const active = policyIn(await askAsOperator(`/v1/policies/${policy.name}`, 'GET'));
    assert.deepEqual(active.document.deny, ['openai:chat']);
  });

  it('delete what is in none of them only with --prune', async () => {
    const extra: Policy = { name: 'e2e-extra', subjects: { roles: ['e2e-extra'] } };
    await storePolicy(extra);
    // Everything else that is active is in a file: nothing of other tests is deleted.
    for (const other of await activePolicies()) if (other.name !== extra.name) write(other);
    const kept = await apply(folder, '--yes');
    assert.match(kept.output, /^! e2e-extra {2}\(in no file; it stays/m);
    assert.equal(await statusOf(extra.name), 200);
    const shown = await apply(folder, '--prune');
    assert.match(shown.output, /^- e2e-extra$/m);
    assert.equal(await statusOf(extra.name), 200);
    const pruned = await apply(folder, '--prune', '--yes');
    assert.deepEqual([pruned.code, await statusOf(extra.name)], [0, 404], pruned.output);
  });

  it('are refused where one is no policy, and then none is applied', async () => {
    const broken = mkdtempSync(path.join(tmpdir(), 'e2e-policies-'));
    try {
      cpSync(folder, broken, { recursive: true });
      writeFileSync(path.join(broken, 'a-new.yaml'), 'name: e2e-new\nsubjects: { roles: [x] }\n');
      writeFileSync(path.join(broken, 'broken.yaml'), 'name: x\nsubjects: {}\nallow: ["*"]\n');
      const { code, output } = await apply(broken, '--yes');
      assert.equal(code, 1);
      assert.match(output, /^broken\.yaml: \/allow\/0: /m);
      assert.equal(await statusOf('e2e-new'), 404);
    } finally {
      rmSync(broken, { recursive: true });
    }
  });

  it('are refused to who is no operator', async () => {
    const token = await tokenOf('scraper');
    const { code, output } = await apply(folder, '--token', token);
    assert.equal(code, 1);
    assert.match(output, /scope\.insufficient/);
    assert.ok(!output.includes(token));
  });

  it('are applied at a deployment but where an operator has changed or deleted a policy, which fails and says so', async () => {
    const deployed = mkdtempSync(path.join(tmpdir(), 'e2e-policies-'));
    const names = ['e2e-deployed', 'e2e-turned', 'e2e-taken-away'];
    const lay = (name: string, rest: Partial<Policy> = {}) =>
      writeFileSync(
        path.join(deployed, `${name}.yaml`),
        JSON.stringify({ name, subjects: { roles: [name] }, ...rest }),
      );
    const [own = '', changed = '', deleted = ''] = names;
    try {
      for (const name of names) lay(name);
      const first = await deploy(deployed);
      assert.equal(first.code, 0, first.output);
      const again = await deploy(deployed);
      assert.equal(again.code, 0, again.output);
      assert.doesNotMatch(again.output, /^done:/m);

      const byHand: Policy = { name: changed, subjects: { roles: [changed] }, deny: ['openai:chat'] };
      await changePolicy(changed, 'PUT', { body: byHand });
      await changePolicy(deleted, 'DELETE');
      for (const name of [own, changed]) lay(name, { allow: ['serpapi:search'] });
      const third = await deploy(deployed);
      assert.equal(third.code, 1);
      assert.match(third.output, new RegExp(`^done: change ${own}$`, 'm'));
      assert.match(third.output, new RegExp(`^  ${changed}: update by opr_`, 'm'));
      assert.match(third.output, new RegExp(`^  ${deleted}: delete by opr_`, 'm'));
      const kept = policyIn(await askAsOperator(`/v1/policies/${changed}`, 'GET'));
      assert.deepEqual(kept.document, byHand);
      assert.equal(await statusOf(deleted), 404);
    } finally {
      rmSync(deployed, { recursive: true });
      for (const name of [own, changed]) await changePolicy(name, 'DELETE');
    }
  });

  after(async () => {
    assert.equal((await changePolicy(policy.name, 'DELETE')).status, 204);
  });
});
