import { jsonBody } from '@4runr/service-kit/http';
import express from 'express';
import type { Mailbox } from '../domain/mailbox.ts';
import type { SimulatedProvider } from '../http/provider-router.ts';
import { answerGoogleError } from './google-error.ts';
import { readProfile } from './read-profile.ts';
import { requireGrant } from './require-grant.ts';
import { sendMessage, sendUploadedMessage } from './send-message.ts';
import { refreshToken, refreshTokenOf } from './token-endpoint.ts';

const tokenPath = '/token';

/**
 * Gmail and Google's token endpoint: `POST /token`, `POST /gmail/v1/users/me/messages/send`, the same below `/upload`, and
 * `GET /gmail/v1/users/me/profile`.
 */
export function createGmail(bodyBytesMax: number, mailbox: Mailbox): SimulatedProvider {
  const maySend = requireGrant(['all', 'send'], 'SendMessage');
  const messageBody = express.raw({ type: 'message/rfc822', limit: bodyBytesMax, inflate: false });
  const formBody = express.urlencoded({ extended: false, limit: bodyBytesMax, inflate: false });
  return {
    name: 'gmail',
    tool: 'gmail_send',
    malforms: 'json',
    paths: /^\/(token|gmail|upload\/gmail)(\/|$)/,
    routes: [
      { method: 'post', path: tokenPath, handlers: [formBody, refreshToken] },
      {
        method: 'post',
        path: '/gmail/v1/users/me/messages/send',
        handlers: [maySend, jsonBody(bodyBytesMax), sendMessage(mailbox)],
      },
      {
        method: 'post',
        path: '/upload/gmail/v1/users/me/messages/send',
        handlers: [maySend, messageBody, sendUploadedMessage(mailbox)],
      },
      {
        method: 'get',
        path: '/gmail/v1/users/me/profile',
        handlers: [requireGrant(['all'], 'GetProfile'), readProfile(mailbox)],
      },
    ],
    credentialOf: refreshTokenOf,
    answerUnknown: (_request, response) =>
      answerGoogleError(response, 404, 'Requested entity was not found.'),
    answerFailure: (response, { status, detail }) => answerGoogleError(response, status, detail),
    // Else what a fault does to a mail would hang on whether the adapter holds an access token.
    isSpared: (path) => path === tokenPath,
    answerFault: (_request, response, status) => answerGoogleError(response, status, faultMessageOf(status)),
  };
}

function faultMessageOf(status: number): string {
  if (status === 429) return 'User-rate limit exceeded.';
  return status < 500 ? 'The request was refused.' : 'Backend Error';
}
