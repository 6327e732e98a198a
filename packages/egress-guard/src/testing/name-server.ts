import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIP } from 'node:net';
import { type Answer, decode, encode, type Question } from 'dns-packet';

/**
 * What is known of each name: addresses of both families, or another name that it stands for (CNAME). A list of lists is
 * one answer after the other, the last one for good. Questions for a name that is `silent` get no answer.
 */
export type Zone = Readonly<Record<string, 'silent' | readonly string[] | readonly (readonly string[])[]>>;

/** A DNS server on loopback, over UDP. Nothing that it answers may be kept (TTL 0). */
export interface NameServer {
  /** `address:port`. */
  readonly address: string;
  /** Types that were asked for a name, in order. */
  asked(name: string): readonly string[];
  close(): Promise<void>;
}

/** @param port default: a free one */
export async function startNameServer(zone: Zone, port = 0): Promise<NameServer> {
  const socket = createSocket('udp4');
  const asked: Question[] = [];
  socket.on('message', (message, asker) => {
    const { id, questions = [] } = decode(message);
    const [question] = questions;
    if (question === undefined) return;
    asked.push(question);
    if (zone[question.name.toLowerCase()] === 'silent') return;
    socket.send(encode(answerTo(id ?? 0, question)), asker.port, asker.address);
  });
  socket.bind(port, '127.0.0.1');
  await once(socket, 'listening');

  const typesAsked = (name: string) =>
    asked.filter((question) => question.name.toLowerCase() === name).map(({ type }) => type);
  return {
    address: `127.0.0.1:${socket.address().port}`,
    asked: typesAsked,
    close: () => closed(socket),
  };

  function answerTo(id: number, question: Question) {
    const turn = typesAsked(question.name.toLowerCase()).filter((type) => type === question.type).length;
    const answers = recordsOf(question.name, question.type, turn - 1);
    /** Response, recursion available; 3 is NXDOMAIN (RFC 1035 section 4.1.1). */
    const flags = 0x8080 | (answers.length === 0 && !(question.name.toLowerCase() in zone) ? 3 : 0);
    return { id, type: 'response' as const, flags, questions: [question], answers };
  }

  /** The whole chain from a name to its addresses, as a recursive server gives it. */
  function recordsOf(name: string, type: string, turn: number): Answer[] {
    return valuesOf(name, turn).flatMap((value): Answer[] => {
      const family = isIP(value);
      if (family === 0)
        return [{ name, type: 'CNAME', ttl: 0, data: value }, ...recordsOf(value, type, turn)];
      if (type !== (family === 4 ? 'A' : 'AAAA')) return [];
      return [{ name, type: family === 4 ? 'A' : 'AAAA', ttl: 0, data: value }];
    });
  }

  function valuesOf(name: string, turn: number): readonly string[] {
    const entry = zone[name.toLowerCase()] ?? [];
    if (entry === 'silent') return [];
    const [first] = entry;
    if (typeof first === 'string' || first === undefined) return entry as readonly string[];
    return (entry[Math.min(turn, entry.length - 1)] ?? []) as readonly string[];
  }
}

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.close(() => resolve()));
}
