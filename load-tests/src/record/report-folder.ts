import { createReadStream, createWriteStream, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip, gunzipSync, gzipSync } from 'node:zlib';
import { type CallRow, callRowHeader, formatCallRow, parseCallRow } from './call-row.ts';
import { type RunRecord, runRecordSchema } from './run-record.ts';
import type { Sample } from './sample.ts';

/** A run as it was recorded: what every report is made of. */
export interface RecordedRun {
  readonly record: RunRecord;
  readonly rows: readonly CallRow[];
  readonly samples: readonly Sample[];
  /** Metrics of all replicas before the load and after it; empty where they could not be read. */
  readonly before: string;
  readonly after: string;
}

/** Files of a run's folder. */
const files = {
  record: 'run.json',
  rows: 'calls.csv.gz',
  samples: 'samples.json.gz',
  before: 'before.prom',
  after: 'after.prom',
} as const;

export async function writeRun(folder: string, run: RecordedRun): Promise<void> {
  const inFolder = (name: keyof typeof files) => path.join(folder, files[name]);
  writeFileSync(inFolder('record'), `${JSON.stringify(run.record, null, 2)}\n`);
  writeFileSync(inFolder('samples'), gzipSync(JSON.stringify(run.samples)));
  writeFileSync(inFolder('before'), run.before);
  writeFileSync(inFolder('after'), run.after);
  await pipeline(lines(run.rows), createGzip({ level: 9 }), createWriteStream(inFolder('rows')));
}

function* lines(rows: readonly CallRow[]): Generator<string> {
  yield `${callRowHeader}\n`;
  for (const row of rows) yield `${formatCallRow(row)}\n`;
}

/** @throws Error when the folder holds no run of this version */
export async function readRun(folder: string): Promise<RecordedRun> {
  const inFolder = (name: keyof typeof files) => path.join(folder, files[name]);
  const text = (name: keyof typeof files) => readFileSync(inFolder(name), 'utf8');
  return {
    record: runRecordSchema.parse(JSON.parse(text('record'))),
    rows: await readRows(inFolder('rows')),
    samples: JSON.parse(gunzipSync(readFileSync(inFolder('samples'))).toString()) as Sample[],
    before: text('before'),
    after: text('after'),
  };
}

async function readRows(file: string): Promise<CallRow[]> {
  const rows: CallRow[] = [];
  const input = createReadStream(file).pipe(createGunzip());
  for await (const line of createInterface({ input }))
    if (line !== callRowHeader) rows.push(parseCallRow(line));
  return rows;
}
