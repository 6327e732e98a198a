import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { describe, it } from 'node:test';
import type { Request, Response } from 'express';
import { jsonBody } from '../http/json-body.ts';
import { createLogger } from '../telemetry/index.ts';
import { toProblemError } from './to-problem-error.ts';

/** What the parser of bodies says of one. */
async function parseFailure(body: string): Promise<unknown> {
  const bytes = Buffer.from(body, 'latin1');
  const headers = { 'content-type': 'application/json', 'content-length': String(bytes.length) };
  const request = Object.assign(Readable.from([bytes]), { headers });
  return new Promise((resolve) => jsonBody(1_000)(request as unknown as Request, {} as Response, resolve));
}

describe('a body that is not JSON', () => {
  const bodies = [
    '{"apiKey":"hunter2",}',
    'hunter2',
    '{"apiKey":"hunter2',
    '{"apiKey":hunter2}',
    '{"apiKey":"hunter2\xff"}',
  ];
  for (const body of bodies) {
    it(`leaves nothing of itself in the failure or the log: ${body.replace('hunter2', '…')}`, async () => {
      const lines: string[] = [];
      const logger = createLogger(
        { service: 'test', level: 'trace' },
        { write: (line) => void lines.push(line) },
      );
      const problem = toProblemError(await parseFailure(body));
      logger.debug({ err: problem.cause ?? problem }, 'request failed');
      assert.equal(problem.code, 'request.invalid');
      assert.match(lines.join(), /entity\.(parse\.failed|encoding\.invalid)/);
      assert.ok(!lines.join().includes('hunter2'));
    });
  }
});
