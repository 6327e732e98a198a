import { runAdapter } from '@4runr/adapter-kit';
import { templateToolAdapter } from './adapter.ts';

await runAdapter(templateToolAdapter);
