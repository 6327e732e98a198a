export { freePort } from './free-port.ts';
export { releasePort } from './port-claim.ts';
export { birthOf, stopLeftovers } from './process-record.ts';
export type { ProcessExit, ProcessSpec, RunningProcess } from './process-spec.ts';
export { untilHttpOk, untilListening, untilSucceeds } from './readiness.ts';
export { signalProcess } from './signal-process.ts';
export { startProcess } from './start-process.ts';
export { waitUntilReady } from './wait-until-ready.ts';
