import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { createHostsFile, parseHosts } from './hosts-file.ts';

describe('a hosts file', () => {
  it('gives every name of a line its address, and a name of several lines all of theirs', () => {
    const table = parseHosts(
      '127.0.0.1 localhost # this machine\n# 9.9.9.9 no.test\n\n\t93.184.215.14\tA.test. b.test\r\n::1 a.test\nnonsense c.test\n',
    );
    assert.deepEqual(Object.fromEntries(table), {
      localhost: [{ address: '127.0.0.1', family: 4 }],
      'a.test': [
        { address: '93.184.215.14', family: 4 },
        { address: '::1', family: 6 },
      ],
      'b.test': [{ address: '93.184.215.14', family: 4 }],
    });
  });

  it('is read again when it is old, and says nothing while it is not there', async (t) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'hosts-'));
    t.after(() => rm(folder, { recursive: true }));
    const file = path.join(folder, 'hosts');
    const [always, kept] = [createHostsFile(file, -1), createHostsFile(file, 60_000)];
    assert.deepEqual([(await always()).size, (await kept()).size], [0, 0]);
    await writeFile(file, '127.0.0.1 a.test');
    assert.deepEqual([(await always()).size, (await kept()).size], [1, 0]);
  });
});
