export { EventStreamError, readEvents } from './read-events.ts';
export { formatEvent, heartbeat, type ServerSentEvent } from './server-sent-event.ts';
export { writeInTurn } from './write-in-turn.ts';
