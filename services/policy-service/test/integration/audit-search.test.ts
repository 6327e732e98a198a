import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import { type AuditFilters, planAuditSearch } from '../../src/domain/audit-search.ts';
import type { AuditPosition, AuditQuestion } from '../../src/domain/audit-trail.ts';
import { prepareDatabase } from '../../src/store/prepare-database.ts';
import { lookedAtMax, searchAuditTrail, searchStatement } from '../../src/store/search-audit-trail.ts';
import { everySearch, writeHistory } from '../fixtures/audit-history.ts';
import { countRead, explain, readIndexParents } from '../fixtures/explained.ts';
import { createServiceDatabase, type ServiceDatabase } from '../fixtures/policy-service-under-test.ts';

let database: ServiceDatabase;
before(async () => {
  database = await createServiceDatabase();
  await prepareDatabase({ database: database.kysely, url: database.url }, []);
});
after(() => database.drop());

interface Item {
  readonly id: string;
  readonly at: Date;
  readonly [column: string]: unknown;
}

/** All that there is, newest first: what is searched for is what is left when everything else is left out. */
async function readAll(): Promise<readonly Item[]> {
  const { rows } = await sql<Item>`
    select *, body ->> 'operator' as operator, body #>> '{target,id}' as target
    from policy.audit_items order by at desc, id desc`.execute(database.kysely);
  return rows;
}

/** The pages of a search, by the ids of their items. */
async function pagesOf(asked: AuditFilters & Partial<AuditQuestion>): Promise<string[][]> {
  const pages: string[][] = [];
  let position: AuditPosition | undefined;
  do {
    const question = { limit: 50, ...asked, after: position };
    const { items, next } = await searchAuditTrail(database.kysely, question);
    pages.push(items.map(idOf));
    position = next;
  } while (position !== undefined);
  return pages;
}

const idOf = (item: string) => (JSON.parse(item) as { id: string }).id;

const nameOf = (filters: AuditFilters) => JSON.stringify(filters);

describe('every search of the audit trail', () => {
  let items: readonly Item[];
  before(async () => {
    await writeHistory(database.kysely, 1_500);
    items = await readAll();
  });

  it('finds all that fits and nothing else, in order and once, over months and moments that many share', async () => {
    for (const filters of everySearch) {
      const asked = Object.entries(filters).filter(([, value]) => value !== undefined);
      const fitting = items.filter((item) => asked.every(([filter, value]) => item[filter] === value));
      const expected = fitting.map(({ id }) => id);
      assert.deepEqual((await pagesOf(filters)).flat(), expected, nameOf(filters));
    }
  });

  it('keeps to its time, wherever a page ends', async () => {
    const [to, from] = [items[200]?.at, items[1_000]?.at];
    assert.ok(from !== undefined && to !== undefined);
    const expected = items.filter(({ at, agent }) => agent === 'agt_0' && at >= from && at < to);
    for (const limit of [1, 3, 499]) {
      const pages = await pagesOf({ agent: 'agt_0', from: from.getTime(), to: to.getTime(), limit });
      assert.deepEqual(
        pages.flat(),
        expected.map(({ id }) => id),
      );
    }
  });
});

describe('a search of many items', () => {
  before(() => writeHistory(database.kysely, 40_000));

  it('goes along the index that it is planned to go along, whatever is asked and at whichever page', async () => {
    const parentOf = await readIndexParents(database.kysely);
    const position = { at: new Date(Date.now() - 40 * 86_400_000), id: 'item_1' };
    for (const filters of [...everySearch, { agent: 'agt_0' }, { agent: 'agt_2' }, { agent: 'agt_3' }]) {
      const search = planAuditSearch(filters);
      if (search === undefined) continue;
      const index = `audit_items_${search.along.join('_') || 'pkey'}`.replace('kind', 'change');
      for (const after of [undefined, position]) {
        const statement = searchStatement({ ...filters, limit: 50, after }, search);
        const scans = await explain(database.kysely, statement);
        const used = new Set(scans.map((scan) => parentOf.get(scan) ?? scan));
        assert.deepEqual([...used], [index], nameOf(filters));
      }
    }
  });

  it('leaves out the months that are not asked for', async () => {
    const now = Date.now();
    const question = { agent: 'agt_0', limit: 50, after: undefined };
    const count = async (change: Partial<AuditQuestion>) =>
      (
        await explain(
          database.kysely,
          searchStatement({ ...question, ...change }, { along: ['agent'], rest: [] }),
        )
      ).length;
    assert.equal(await count({}), 3);
    assert.equal(await count({ from: now }), 1);
    assert.equal(await count({ after: { at: new Date(now - 100 * 86_400_000), id: 'item_1' } }), 0);
  });

  it('reads no more than a page where everything that the index finds fits', async () => {
    const search = planAuditSearch({ agent: 'agt_1' });
    assert.ok(search !== undefined);
    for (const from of [undefined, Date.now() - 20 * 86_400_000]) {
      const statement = searchStatement({ agent: 'agt_1', from, limit: 500, after: undefined }, search);
      // Of each of two months, where a page goes over the end of one, an entry more may be read.
      assert.ok((await countRead(database.kysely, statement)) <= 503);
    }
  });

  it('looks at no more for a page than it may, says that there may be more, and finds it', async () => {
    const items = await readAll();
    const calls = items.filter(({ agent }) => agent === 'agt_0');
    const oldest = calls.at(-1);
    assert.ok(oldest !== undefined && calls.length > lookedAtMax);
    await sql`update policy.audit_items set tool = 'rare' where id = ${oldest.id}`.execute(database.kysely);
    const pages = await pagesOf({ agent: 'agt_0', tool: 'rare' });
    assert.deepEqual(pages.flat(), [oldest.id]);
    assert.equal(pages.length, Math.ceil(calls.length / lookedAtMax));
  });

  it('shows what fits though it is the last that was looked at, once', async () => {
    const calls = (await readAll()).filter(({ agent }) => agent === 'agt_0');
    const last = calls[lookedAtMax - 1];
    assert.ok(last !== undefined);
    await sql`update policy.audit_items set tool = 'last' where id = ${last.id}`.execute(database.kysely);
    assert.deepEqual((await pagesOf({ agent: 'agt_0', tool: 'last' })).flat(), [last.id]);
  });
});
