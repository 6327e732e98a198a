import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';

/** Bytes of datagrams that may wait while this process is late; the system may grant less. */
const waitingBytesMax = 4 * 1_048_576;

/**
 * Listens on 127.0.0.1 alone, where nobody but the edge beside it is. A datagram that finds no room is lost: what is counted is
 * then less than what was answered, never more.
 */
export async function listenForOutcomes(port: number, count: (datagram: string) => void): Promise<Socket> {
  const socket = createSocket({ type: 'udp4', recvBufferSize: waitingBytesMax });
  socket.on('message', (datagram) => count(datagram.toString('latin1')));
  socket.bind(port, '127.0.0.1');
  await once(socket, 'listening');
  return socket;
}
