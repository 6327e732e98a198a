import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { auditListSchema } from '@4runr/contracts/audit';
import { callResponseSchema } from '@4runr/contracts/call';
import { type Replay, type ReplayRequest, replaySchema } from '@4runr/contracts/replay';
import { askAsOperator, callTool } from './mesh/gateway.ts';

/** What would have become of the calls of a period; the answers' pages as one. */
async function replay(request: ReplayRequest): Promise<Replay> {
  const pages: Replay[] = [];
  do {
    const cursor = pages.at(-1)?.nextCursor;
    const body = { ...request, ...(cursor == null ? {} : { cursor }) };
    const answer = await askAsOperator('/v1/policies/replay', 'POST', body);
    assert.equal(answer.status, 200, answer.text);
    pages.push(replaySchema.parse(answer.json));
  } while (pages.at(-1)?.nextCursor !== null);
  const sum = (of: (page: Replay) => number) => pages.reduce((total, page) => total + of(page), 0);
  return {
    evaluated: sum(({ evaluated }) => evaluated),
    changed: pages.flatMap(({ changed }) => changed),
    undeterminable: sum(({ undeterminable }) => undeterminable),
    unknown: pages.flatMap(({ unknown }) => unknown),
    nextCursor: null,
  };
}

async function untilRecorded(callId: string): Promise<void> {
  const deadline = AbortSignal.timeout(5_000);
  for (;;) {
    const list = auditListSchema.parse((await askAsOperator('/v1/audit?kind=call&limit=500', 'GET')).json);
    if (list.items.some((item) => item.kind === 'call' && item.id === callId && item.decision)) return;
    deadline.throwIfAborted();
    await wait(50);
  }
}

describe('calls that the mesh has carried out, replayed', () => {
  it('change exactly where the candidate says so, and nowhere by the policies that decided them', async () => {
    const from = new Date().toISOString();
    const search = async () => (await callTool('serpapi/search', { q: 'tea' })).json;
    const searches = [await search(), await search()].map(
      (json) => callResponseSchema.parse(json).meta.callId,
    );
    const denied = await callTool('gmail_send/send', { to: 'ada@company.com', subject: 'Hi', text: 'Hi' });
    assert.equal(denied.status, 403);
    const page = callResponseSchema.parse(
      (await callTool('http_fetch/get', { url: 'https://example.com/' })).json,
    );
    await untilRecorded(page.meta.callId);
    const period = { from, to: new Date(Date.now() + 1_000).toISOString() };

    const same = await replay(period);
    assert.ok(same.evaluated >= 4);
    assert.deepEqual([same.changed, same.unknown], [[], []]);

    const policy = { name: 'closed', subjects: { roles: ['scraper'] }, deny: ['serpapi:search'] };
    const { changed } = await replay({ ...period, policy });
    assert.deepEqual(changed.map(({ callId }) => callId).sort(), searches.sort());
    for (const { recorded, candidate } of changed)
      assert.deepEqual([recorded.decision, candidate.decision], ['allowed', 'denied']);
  });

  it('have, since the mesh began, the verdicts that they were given', async () => {
    const { evaluated, changed, undeterminable } = await replay({
      from: '2026-01-01T00:00:00Z',
      to: new Date().toISOString(),
    });
    assert.ok(evaluated > 0);
    assert.deepEqual([changed, undeterminable], [[], 0]);
  });
});
