/** `npm run format`: formats every file and applies the linter's safe fixes. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';

const biome = path.join(import.meta.dirname, '../node_modules/.bin/biome');
process.exit(spawnSync(biome, ['check', '--write', '.'], { stdio: 'inherit' }).status ?? 1);
