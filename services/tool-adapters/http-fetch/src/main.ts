import { runAdapter } from '@4runr/adapter-kit';
import { httpFetchAdapter } from './adapter.ts';

await runAdapter(httpFetchAdapter);
