import type { Route } from '@4runr/service-kit/http';
import type { Request } from 'express';
import { type Mailbox, mailsMax } from '../domain/mailbox.ts';
import type { RequestCounts } from '../domain/request-counts.ts';
import { simulatedHosts } from '../hosts.ts';

/** What tests ask the simulator: what arrived, and what was sent. */
export function createSimRoutes(parts: { counts: RequestCounts; mailbox: Mailbox }): readonly Route[] {
  return [
    {
      method: 'get',
      path: '/_sim/counts',
      handlers: [(_request, response) => void response.json({ items: parts.counts.list() })],
    },
    {
      method: 'get',
      path: '/_sim/mailbox',
      handlers: [
        (request, response) => {
          const { received } = parts.mailbox;
          response.json({ received, items: parts.mailbox.newest(limitOf(request)) });
        },
      ],
    },
    {
      method: 'get',
      path: '/_sim/hosts',
      handlers: [(_request, response) => void response.json({ items: simulatedHosts })],
    },
  ];
}

/** `?limit=` from 1 to all that are kept; default 100. */
function limitOf(request: Request): number {
  const limit: unknown = request.query.limit;
  return typeof limit === 'string' && /^[1-9]\d{0,5}$/.test(limit) ? Math.min(Number(limit), mailsMax) : 100;
}
