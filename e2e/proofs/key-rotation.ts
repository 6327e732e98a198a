/**
 * No valid token is refused while signing keys rotate: three proxy replicas under load, by tokens that were got at any time,
 * the newest a moment ago, while `npm run keys -- rotate` is run again and again. One call that is not carried out fails
 * the proof.
 *
 * `npm run prove -- key-rotation [rotations] [calls per second]`
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createEdgeClient, readServiceSettings, type StackFolder } from '@4runr/local-stack';
import { decodeProtectedHeader } from 'jose';
import { countOutcomes, startOpenLoad } from './measure/open-load.ts';
import { createOperator, type EnrolledAgent } from './measure/operator.ts';
import { withStack } from './measure/proof-stack.ts';

const [rotations = 5, ratePerSecond = 200] = process.argv.slice(2).map(Number);
/** Shorter than anybody would have it, so that several rotations fit into a proof; verifiers keep keys half as long. */
const publishSeconds = 10;
const agentCount = 20;
const issueEveryMs = 50;
const script = path.resolve(import.meta.dirname, '../../services/auth-service/src/cli/keys.ts');

await withStack(
  { scale: { 'proxy-service': 3 }, environment: { SIGNING_KEY_PUBLISH_SECONDS: String(publishSeconds) } },
  async (stack, folder) => {
    const { edge: at, operator } = stack.describe();
    const edge = createEdgeClient({ url: at.https, caFile: at.ca });
    const enrolled = await createOperator(edge, operator);
    const agents = await Promise.all(Array.from({ length: agentCount }, () => enrolled.enrol('scraper')));
    const tokens = [await agents[0]?.token()].filter((token) => token !== undefined);
    const stopIssuing = keepIssuing(agents, tokens);
    const load = startOpenLoad({
      url: at.http,
      path: '/v1/tools/serpapi/search',
      body: { q: 'rotation' },
      ratePerSecond,
      token: createTokenChooser(tokens),
    });
    for (let done = 0; done < rotations; done += 1) await rotate(folder);
    await delay(2 * publishSeconds * 1_000);
    await stopIssuing();
    await load.stop();
    await edge.close();

    const byKey = Map.groupBy(tokens, (token) => decodeProtectedHeader(token).kid);
    console.log(`${rotations} rotations, ${tokens.length} tokens by ${byKey.size} keys, 3 proxy replicas.\n`);
    console.log(`Calls: ${countOutcomes(load.outcomes)}.`);
    assert.ok(byKey.size > rotations, 'not every key has signed');
    assert.deepEqual(
      load.outcomes.filter(({ outcome }) => outcome !== '200'),
      [],
    );
  },
);

/** Every other call comes with the newest token, which no verifier has seen before; the others with all tokens by turns. */
function createTokenChooser(tokens: readonly string[]): () => string {
  let turn = 0;
  return () => {
    turn += 1;
    const at = turn % 2 === 0 ? tokens.length - 1 : turn % tokens.length;
    return tokens[at] ?? '';
  };
}

/** Gets one token after the other, by turns. The function it returns ends that. */
function keepIssuing(agents: readonly EnrolledAgent[], tokens: string[]): () => Promise<void> {
  let isOver = false;
  const issuing = (async () => {
    for (let turn = 0; !isOver; turn += 1) {
      const token = await agents[turn % agents.length]?.token();
      if (token !== undefined) tokens.push(token);
      await delay(issueEveryMs);
    }
  })();
  return () => {
    isOver = true;
    return issuing;
  };
}

/** Rotates as soon as the next key has been published for long enough: until then the command refuses. */
async function rotate(folder: StackFolder): Promise<void> {
  const env = readServiceSettings(folder, 'auth-service');
  for (;;) {
    const command = spawn(process.execPath, [script, 'rotate'], { stdio: 'ignore', env });
    const [code] = await once(command, 'exit');
    if (code === 0) return;
    await delay(1_000);
  }
}
