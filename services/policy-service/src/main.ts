import { runService } from '@4runr/service-kit/lifecycle';
import { compose } from './compose.ts';
import { readConfig } from './config.ts';

await runService({ name: 'policy-service', config: readConfig, compose });
