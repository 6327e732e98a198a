import { runAdapter } from '@4runr/adapter-kit';
import { gmailSendAdapter } from './adapter.ts';

await runAdapter(gmailSendAdapter);
