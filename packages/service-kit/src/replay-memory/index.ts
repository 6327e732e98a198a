export {
  assertMadeWithin,
  createReplayMemory,
  type MemoryOfUse,
  type ReplayMemory,
  type Use,
} from './replay-memory.ts';
