import { runAdapter } from '@4runr/adapter-kit';
import { openaiAdapter } from './adapter.ts';

await runAdapter(openaiAdapter);
