import { randomBytes } from 'node:crypto';
import { jsonBody } from '@4runr/service-kit/http';
import express, { type RequestHandler, type Response } from 'express';
import * as z from 'zod';
import type { Mailbox } from '../domain/mailbox.ts';
import { parseAs, type SimulatedProvider } from '../http/provider.ts';
import { accessTokenTtlSeconds, isAccessTokenValid, issueAccessToken } from './access-tokens.ts';
import { readMail } from './read-mail.ts';

/** Gmail and Google's token endpoint: `POST /token`, `POST /gmail/v1/users/me/messages/send`. */
export function createGmail(bodyBytesMax: number, mailbox: Mailbox): SimulatedProvider {
  const parseForm = parseAs(
    express.urlencoded({ extended: false, limit: bodyBytesMax }),
    (response, { status }) =>
      response.status(status).json({ error: 'invalid_request', error_description: 'Bad Request' }),
  );
  const parseJson = parseAs(jsonBody(bodyBytesMax), (response, { status, detail }) =>
    refuse(response, status, detail),
  );
  return {
    name: 'gmail',
    routes: [
      { method: 'post', path: '/token', handlers: [parseForm, refreshToken] },
      {
        method: 'post',
        path: '/gmail/v1/users/me/messages/send',
        handlers: [requireToken, parseJson, sendMessage(mailbox)],
      },
    ],
  };
}

const refreshRequestSchema = z.object({
  grant_type: z.literal('refresh_token'),
  client_id: z.string().min(1),
  client_secret: z.string().min(1),
  refresh_token: z.string().min(1),
});

/** Refreshing an access token (https://developers.google.com/identity/protocols/oauth2/web-server, read 2026-11-24). */
const refreshToken: RequestHandler = (request, response) => {
  const form = refreshRequestSchema.safeParse(request.body);
  if (!form.success) {
    response.status(400).json({ error: 'invalid_request', error_description: 'Missing required parameter' });
    return;
  }
  if (form.data.refresh_token === 'invalid') {
    response
      .status(400)
      .json({ error: 'invalid_grant', error_description: 'Token has been expired or revoked.' });
    return;
  }
  response.json({
    access_token: issueAccessToken(Date.now()),
    expires_in: accessTokenTtlSeconds,
    scope: 'https://www.googleapis.com/auth/gmail.send',
    token_type: 'Bearer',
  });
};

const requireToken: RequestHandler = (request, response, next) => {
  const token = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1];
  if (token !== undefined && isAccessTokenValid(token, Date.now())) return next();
  refuse(response, 401, 'Request had invalid authentication credentials.');
};

const sendRequestSchema = z.looseObject({ raw: z.base64url().min(1) });

/** Sending a message (https://developers.google.com/gmail/api/reference/rest/v1/users.messages/send, read 2026-11-24). */
function sendMessage(mailbox: Mailbox): RequestHandler {
  return async (request, response) => {
    const body = sendRequestSchema.safeParse(request.body);
    if (!body.success) return refuse(response, 400, "'raw' RFC822 payload message string is required");
    const mail = await readMail(Buffer.from(body.data.raw, 'base64url'));
    if (mail.to.length + mail.cc.length + mail.bcc.length === 0) {
      return refuse(response, 400, 'Recipient address required');
    }
    const id = randomBytes(8).toString('hex');
    mailbox.add({ id, ...mail, receivedAt: new Date().toISOString() });
    response.json({ id, threadId: id, labelIds: ['SENT'] });
  };
}

const statusNames: Readonly<Record<number, string>> = { 401: 'UNAUTHENTICATED', 413: 'RESOURCE_EXHAUSTED' };

/** Google's form of an error (https://developers.google.com/gmail/api/guides/handle-errors, read 2026-11-24). */
function refuse(response: Response, code: number, message: string): void {
  response.status(code).json({
    error: {
      code,
      message,
      errors: [{ message, domain: 'global', reason: code === 401 ? 'authError' : 'invalidArgument' }],
      status: statusNames[code] ?? 'INVALID_ARGUMENT',
    },
  });
}
