import type { Response } from 'express';

/** Why OpenAI refuses a request. */
export interface Complaint {
  readonly status: number;
  readonly message: string;
  /** Path of the member that is at fault, `messages[0].role`. */
  readonly param?: string;
  readonly code?: string;
}

/** Answers in OpenAI's form of an error (https://platform.openai.com/docs/guides/error-codes, read 2026-11-24). */
export function answerComplaint(response: Response, { status, message, param, code }: Complaint): void {
  response.status(status).json({
    error: { message, type: 'invalid_request_error', param: param ?? null, code: code ?? null },
  });
}
