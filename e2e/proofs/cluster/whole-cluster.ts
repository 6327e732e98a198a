import assert from 'node:assert/strict';
import { type JobAccepted, type JobResponse, jobAcceptedSchema } from '@4runr/contracts/job';
import { subjectsReceived } from '../kills/witnesses.ts';
import { untilSucceeds } from '../measure/outage.ts';
import type { ClusteredAgent, ClusteredMesh } from './clustered-mesh.ts';

const search = '/v1/tools/serpapi/search';
const withinMs = 30_000;

/** Each agent may call five times, all of the role sixty times. */
export const limits = { agent: 5, role: 60 };

/** Six calls of each agent at once: as many are carried out as the quotas allow, by whatever node they are counted. */
export async function proveQuotas(mesh: ClusteredMesh, agents: readonly ClusteredAgent[]): Promise<string> {
  const asked = agents.flatMap((agent) => Array.from({ length: limits.agent + 1 }, () => agent));
  const answers = await Promise.all(
    asked.map(async (agent) => ({ agent, ...(await mesh.ask(agent, search, { body: { q: 'quota' } })) })),
  );
  const allowed = answers.filter(({ outcome }) => outcome === '200');
  assert.equal(allowed.length, limits.role);
  for (const [, own] of Map.groupBy(allowed, ({ agent }) => agent)) assert.ok(own.length <= limits.agent);
  assert.deepEqual([...new Set(answers.map(({ outcome }) => outcome))].sort(), ['200', 'quota.exceeded']);
  for (const agent of agents) {
    await untilSucceeds(async () => (await mesh.countItems(agent)) === limits.agent + 1, withinMs);
  }
  return `${answers.length} calls at once of ${agents.length} agents: ${allowed.length} carried out, ${limits.agent} of an agent at most; the audit trail has all of them.`;
}

/** The same key by both replicas: one mail, and the second answer is the first one again. */
export async function proveIdempotency(
  mesh: ClusteredMesh,
  agents: readonly ClusteredAgent[],
): Promise<string> {
  for (const [index, agent] of agents.entries()) {
    const body = { to: 'ada@company.com', subject: `cluster ${index}`, text: 'Once' };
    const asked = { headers: { 'idempotency-key': `"${index}"` }, body };
    const first = await mesh.ask(agent, '/v1/tools/gmail_send/send', asked);
    const second = await mesh.ask(agent, '/v1/tools/gmail_send/send', asked);
    assert.deepEqual([first.outcome, second.outcome], ['200', '200']);
    assert.equal(second.headers['idempotency-replayed'], 'true');
  }
  const subjects = (await subjectsReceived(mesh.simulatorUrl)).filter((each) => /^cluster \d+$/.test(each));
  assert.deepEqual([subjects.length, new Set(subjects).size], [agents.length, agents.length]);
  return `${agents.length} mails, each asked for twice with one key: ${subjects.length} arrived.`;
}

export async function proveJobs(mesh: ClusteredMesh, agents: readonly ClusteredAgent[]): Promise<string> {
  const accepted = await Promise.all(
    agents.map(async (agent) => {
      const asked = { headers: { prefer: 'respond-async' }, body: { q: 'later' } };
      const { body } = await mesh.ask(agent, search, asked);
      const { job }: JobAccepted = jobAcceptedSchema.parse(body);
      return { agent, path: `/v1/jobs/${job.id}` };
    }),
  );
  for (const { agent, path } of accepted) {
    const read = async () =>
      ((await mesh.ask(agent, path, { method: 'GET' })).body as JobResponse).job.status;
    await untilSucceeds(async () => (await read()) === 'succeeded', withinMs);
  }
  return `${accepted.length} jobs: all succeeded.`;
}

export async function proveRevocation(
  mesh: ClusteredMesh,
  agents: readonly ClusteredAgent[],
): Promise<string> {
  let longestMs = 0;
  for (const agent of agents) {
    await mesh.operator.revokeTokensOf(agent.agent);
    const refused = async () =>
      (await mesh.ask(agent, search, { body: { q: 'revoked' } })).outcome === 'token.revoked';
    longestMs = Math.max(longestMs, await untilSucceeds(refused, 5_000));
  }
  return `${agents.length} agents whose tokens were revoked: refused after ${Math.ceil(longestMs)} ms at most.`;
}
