import { invalidParams } from '@4runr/service-kit/http';
import { type AttachmentParams, attachmentBytesMax } from './manifest.ts';

/** A file that goes with a mail. */
export interface Attachment {
  readonly filename: string;
  readonly contentType: string;
  readonly content: Buffer;
}

/**
 * Decodes what no schema can judge: the base64, and how much it is in all.
 *
 * @throws ProblemError `params.invalid`
 */
export function readAttachments(params: readonly AttachmentParams[] = []): readonly Attachment[] {
  const attachments = params.map(({ filename, contentType, content }, index) => ({
    filename,
    contentType,
    content: decode(content, `/attachments/${index}/content`),
  }));
  const bytes = attachments.reduce((sum, { content }) => sum + content.length, 0);
  if (bytes > attachmentBytesMax)
    throw invalidParams([
      { pointer: '/attachments', detail: `are ${bytes} bytes together, more than ${attachmentBytesMax}` },
    ]);
  return attachments;
}

/** Only the one form of base64 that everybody reads alike: nothing skipped, padded, no stray bits. */
function decode(content: string, pointer: string): Buffer {
  const decoded = Buffer.from(content, 'base64');
  if (decoded.toString('base64') === content) return decoded;
  throw invalidParams([{ pointer, detail: 'is not base64 (RFC 4648 section 4)' }]);
}
