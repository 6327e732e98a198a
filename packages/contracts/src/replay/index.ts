export { replayExample, replayRequestExample } from './examples.ts';
export {
  type ChangedCall,
  changedCallSchema,
  type Replay,
  type ReplayedVerdict,
  type ReplayRequest,
  type ReplayUnknown,
  replayRequestSchema,
  replaySchema,
  replayUnknowns,
} from './replay.ts';
