export { makeRoom } from './make-room.ts';
