import assert from 'node:assert/strict';
import {
  appendFileSync,
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { temporaryFolder } from '../process/testing.ts';
import { putLogsAside, stackFolder } from './stack-folder.ts';

describe('the logs of the run before', () => {
  it('are put aside, that of the supervisor too, which is being written to', () => {
    using temporary = temporaryFolder();
    const folder = stackFolder('/nowhere', { state: temporary.path });
    mkdirSync(folder.logs);
    const [edge, supervisor] = ['edge.log', 'supervisor.log'].map((name) => join(folder.logs, name));
    for (const file of [edge, supervisor]) writeFileSync(String(file), 'before\n');
    const log = openSync(String(supervisor), 'a');
    putLogsAside(folder);
    writeSync(log, 'now\n');
    closeSync(log);
    appendFileSync(String(edge), 'now\n');
    for (const name of ['edge.log', 'supervisor.log']) {
      assert.equal(readFileSync(join(folder.logs, name), 'utf8'), 'now\n');
      assert.equal(readFileSync(join(folder.logs, 'previous', name), 'utf8'), 'before\n');
    }
  });
});
