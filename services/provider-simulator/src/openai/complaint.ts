import type { Response } from 'express';

/** Why OpenAI refuses a request. */
export interface Complaint {
  readonly status: number;
  readonly message: string;
  /** Default: `invalid_request_error`. */
  readonly type?: string;
  /** Path of the member that is at fault, `messages[0].role`. */
  readonly param?: string;
  readonly code?: string;
}

/** Answers in OpenAI's form of an error (https://platform.openai.com/docs/guides/error-codes, read 2026-11-24). */
export function answerComplaint(response: Response, complaint: Complaint): void {
  const { status, message, type = 'invalid_request_error', param = null, code = null } = complaint;
  response.status(status).json({ error: { message, type, param, code } });
}
