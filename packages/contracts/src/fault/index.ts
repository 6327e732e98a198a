export { faultExample, faultListExample, shortFaultExample } from './examples.ts';
export {
  type Fault,
  type FaultList,
  type FaultMode,
  faultLatencyMsMax,
  faultListSchema,
  faultModes,
  faultSchema,
} from './fault.ts';
