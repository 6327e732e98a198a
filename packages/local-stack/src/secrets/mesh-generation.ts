import { readFileSync } from 'node:fs';
import { writePrivateFile } from '../private-file.ts';

/** Which generation of the mesh keys signs, in the file of the root secret; 1 where nothing was ever rotated. */
export function readMeshGeneration(file: string): number {
  const { meshGeneration = 1 } = readSecrets(file);
  if (typeof meshGeneration !== 'number' || !Number.isSafeInteger(meshGeneration) || meshGeneration < 1)
    throw new Error(`${file} names no generation of the mesh keys: "meshGeneration" has to be 1 or more`);
  return meshGeneration;
}

/** Begins a new generation of the mesh keys; the one before is accepted until the next rotation. @returns the new one */
export function rotateMeshKeys(file: string): number {
  const meshGeneration = readMeshGeneration(file) + 1;
  writePrivateFile(file, `${JSON.stringify({ ...readSecrets(file), meshGeneration })}\n`);
  return meshGeneration;
}

function readSecrets(file: string): Record<string, unknown> {
  return JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
}
