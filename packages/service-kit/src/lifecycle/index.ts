export { createKit, type Kit, type OwnedKit } from './kit.ts';
export { onceDone } from './once-done.ts';
export { type RepeatedWork, repeatUntilClosed } from './repeat-until-closed.ts';
export { runService } from './run-service.ts';
export { type Compose, type RunningService, type ServiceDefinition, startService } from './start-service.ts';
export { within } from './within.ts';
