import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { readMeshGeneration, rotateMeshKeys } from './mesh-generation.ts';
import { loadRootSecret } from './root-secret.ts';

let folder: string;
let file: string;
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'secrets-'));
  file = join(folder, 'secrets.json');
});
after(() => rmSync(folder, { recursive: true }));

describe('the generation of the mesh keys', () => {
  it('is the first where nothing was ever rotated', () => {
    loadRootSecret(file);
    assert.equal(readMeshGeneration(file), 1);
  });

  it('is kept beside the root secret, which no rotation changes', () => {
    const root = loadRootSecret(file);
    assert.equal(rotateMeshKeys(file), 2);
    assert.equal(rotateMeshKeys(file), 3);
    assert.equal(readMeshGeneration(file), 3);
    assert.deepEqual(loadRootSecret(file), root);
    assert.equal(statSync(file).mode & 0o777, 0o600);
  });

  it('is refused where somebody has broken it: keys of a wrong generation fit nobody', () => {
    for (const meshGeneration of [0, 1.5, '2', null]) {
      writeFileSync(file, JSON.stringify({ meshGeneration }));
      assert.throws(() => readMeshGeneration(file), /meshGeneration/);
    }
  });
});
