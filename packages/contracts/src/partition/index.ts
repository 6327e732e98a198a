export { partitionCount, partitionOf, partitionTag } from './partition.ts';
