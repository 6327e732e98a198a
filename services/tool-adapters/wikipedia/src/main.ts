import { runAdapter } from '@4runr/adapter-kit';
import { wikipediaAdapter } from './adapter.ts';

await runAdapter(wikipediaAdapter);
