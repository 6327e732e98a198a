import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EventStreamError, readEvents } from './read-events.ts';
import { formatEvent, heartbeat, type ServerSentEvent } from './server-sent-event.ts';

const texts = ['Grüß Gott 🙂', '[DONE]', 'two\nlines'];

async function read(chunks: readonly Buffer[]): Promise<ServerSentEvent[]> {
  const source = async function* () {
    yield* chunks;
  };
  const events: ServerSentEvent[] = [];
  for await (const event of readEvents(source())) events.push(event);
  return events;
}

const datasOf = (events: readonly ServerSentEvent[]) => events.map(({ data }) => data);
const byteByByte = (text: string) => [...Buffer.from(text)].map((byte) => Buffer.from([byte]));

describe('events in bytes', () => {
  const written = texts.map((data) => formatEvent({ data })).join('');

  it('are the same however the bytes are cut, within a character too', async () => {
    assert.deepEqual(datasOf(await read([Buffer.from(written)])), texts);
    assert.deepEqual(datasOf(await read(byteByByte(written))), texts);
  });

  it('may have lines that end as Windows has them', async () => {
    assert.deepEqual(datasOf(await read(byteByByte(written.replaceAll('\n', '\r\n')))), texts);
  });

  it('keep their ids and types, and a heartbeat is none', async () => {
    const event = { id: '7', event: 'end', data: '{}' };
    const [found] = await read([Buffer.from(heartbeat + formatEvent(event))]);
    assert.deepEqual({ ...found }, event);
  });

  it('are none where they are not complete', async () => {
    assert.deepEqual(await read([Buffer.from('data: half\n')]), []);
  });

  it('are refused where they are not UTF-8', () =>
    assert.rejects(read([Buffer.from([0x64, 0xff])]), EventStreamError));

  it('are given up where one is longer than a million characters', async () => {
    const chunk = Buffer.from(`data: ${'x'.repeat(600_000)}`);
    await assert.rejects(read([chunk, chunk.subarray(6)]), EventStreamError);
  });
});
