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

/** OpenAI's form of an error (https://platform.openai.com/docs/guides/error-codes, read 2026-11-24), as an answer or within a stream. */
export function toError({ message, type = 'invalid_request_error', param, code }: Complaint): object {
  return { error: { message, type, param: param ?? null, code: code ?? null } };
}

export function answerComplaint(response: Response, complaint: Complaint): void {
  response.status(complaint.status).json(toError(complaint));
}
