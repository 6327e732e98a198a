import { runAdapter } from '@4runr/adapter-kit';
import { serpapiAdapter } from './adapter.ts';

await runAdapter(serpapiAdapter);
