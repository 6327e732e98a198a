import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { dashboards, render } from './dashboards.ts';

const folder = path.resolve(import.meta.dirname, '../dashboards');
for (const dashboard of dashboards)
  writeFileSync(path.join(folder, `${dashboard.uid}.json`), render(dashboard));
