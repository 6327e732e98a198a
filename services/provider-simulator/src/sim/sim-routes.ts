import type { Route } from '@4runr/service-kit/http';
import type { RequestHandler } from 'express';
import type { Mailbox } from '../domain/mailbox.ts';
import type { RequestCounts } from '../domain/request-counts.ts';
import type { ShownCredentials } from '../domain/shown-credentials.ts';
import { simulatedHosts } from '../hosts.ts';
import { wholeNumberParameter } from '../http/query-parameter.ts';

/** What tests ask the simulator: what arrived and with which credential, what was sent, which hosts it plays. */
export function createSimRoutes(parts: {
  counts: RequestCounts;
  mailbox: Mailbox;
  credentials: ShownCredentials;
}): readonly Route[] {
  const { counts, mailbox, credentials } = parts;
  return [
    { method: 'get', path: '/_sim/counts', handlers: [answer(() => ({ items: counts.list() }))] },
    { method: 'get', path: '/_sim/mailbox', handlers: [readMailbox(mailbox)] },
    {
      method: 'get',
      path: '/_sim/credentials',
      handlers: [answer(() => ({ items: credentials.list() }))],
    },
    { method: 'get', path: '/_sim/hosts', handlers: [answer(() => ({ items: simulatedHosts }))] },
  ];
}

const mailsDefault = 100;
const mailsMax = 1_000;

function readMailbox(mailbox: Mailbox): RequestHandler {
  return (request, response) => {
    const limit = wholeNumberParameter(request, 'limit') || mailsDefault;
    const cursor = wholeNumberParameter(request, 'cursor');
    response.json(mailbox.page(Math.min(limit, mailsMax), cursor));
  };
}

function answer(read: () => object): RequestHandler {
  return (_request, response) => void response.json(read());
}
