/**
 * Writes the API of the edge, as `packages/edge-api` tells it, to `docs/openapi.json`. With `--check` it writes nothing and fails where
 * the file would change.
 */
import { createApiDocument } from '../packages/edge-api/src/index.ts';
import { writeOrCheck } from './checks/generated-files.ts';

writeOrCheck(
  new Map([['docs/openapi.json', `${JSON.stringify(createApiDocument(), null, 1)}\n`]]),
  'openapi',
);
