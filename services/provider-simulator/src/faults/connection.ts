import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Request, Response } from 'express';
import { markBrokenOff } from '../http/count-arrival.ts';

/** Connections below TLS, by their ends: a TLS connection itself cannot be reset (`net.Socket.resetAndDestroy`). */
const tcpSockets = new Map<string, Socket>();

/** Lets connections of a TLS server be reset. */
export function trackTcpSockets(server: Server): void {
  server.on('connection', (socket: Socket) => {
    const ends = endsOf(socket);
    tcpSockets.set(ends, socket);
    socket.once('close', () => tcpSockets.delete(ends));
  });
}

function endsOf({ remoteAddress, remotePort, localAddress, localPort }: Socket): string {
  return [remoteAddress, remotePort, localAddress, localPort].join(' ');
}

/** Ends the connection by a TCP reset once the whole request has come, so that its client can have no doubt that it went out. */
export function resetConnection(request: Request, response: Response): void {
  markBrokenOff(response);
  const { socket } = request;
  const tcpSocket = socket instanceof TLSSocket ? tcpSockets.get(endsOf(socket)) : socket;
  const reset = () => void tcpSocket?.resetAndDestroy();
  if (request.complete) reset();
  else request.once('end', reset);
}

/** Ends the connection after what has been written, which may be nothing. */
export function breakOff(response: Response): void {
  markBrokenOff(response);
  response.socket?.destroySoon();
}
