/** A reporter for `node --test` that writes `{"passed", "failed", "skipped"}`: tests, not suites; todo counts as skipped. */
import type { TestEvent } from 'node:test/reporters';

// biome-ignore lint/style/noDefaultExport: node --test loads a reporter's default export.
export default async function* countReporter(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for await (const event of source) {
    if (event.type !== 'test:pass' && event.type !== 'test:fail') continue;
    if (event.data.details.type === 'suite') continue;
    if (event.type === 'test:fail') counts.failed += 1;
    else if (event.data.skip !== undefined || event.data.todo !== undefined) counts.skipped += 1;
    else counts.passed += 1;
  }
  yield JSON.stringify(counts);
}
