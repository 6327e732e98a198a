import type { RequestHandler, Response } from 'express';
import type { Arrival, RequestCounts } from '../domain/request-counts.ts';

/** How nginx notes that a client went away before its answer was out. */
const clientClosedRequest = 499;

const arrivalKey = 'arrival';
const brokenOff = new WeakSet<Response>();

/** Counts a request when it arrives, and its answer when it is out. */
export function countArrival(counts: RequestCounts, provider: string, path: string): RequestHandler {
  return (request, response, next) => {
    const arrival = counts.arrived(provider, `${request.method} ${path}`);
    response.locals[arrivalKey] = arrival;
    response.once('close', () => {
      if (response.writableFinished) arrival.answered(response.statusCode);
      else if (!brokenOff.has(response)) arrival.answered(clientClosedRequest);
    });
    next();
  };
}

/** What `countArrival` took note of. */
export function arrivalOf(response: Response): Arrival {
  return response.locals[arrivalKey] as Arrival;
}

/** Says that it will be us who end the connection, before there is an answer or within it. */
export function markBrokenOff(response: Response): void {
  brokenOff.add(response);
}
