import type { CallRow } from '../src/record/call-row.ts';
import type { RecordedRun } from '../src/record/report-folder.ts';
import type { Sample } from '../src/record/sample.ts';

export function rowOf(row: Partial<CallRow>): CallRow {
  return {
    endedMs: 0,
    ms: 2,
    call: 'serpapi/search',
    kind: 'first',
    verdict: 'allowed',
    outcome: '200',
    cache: 'miss',
    attempts: 1,
    ...row,
  };
}

const failed = { verdict: 'failed', outcome: 'upstream.timeout', cache: '', attempts: undefined } as const;

const rows: readonly CallRow[] = [
  rowOf({ endedMs: 100 }),
  rowOf({ endedMs: 150, kind: 'duplicate', cache: 'hit', attempts: 0, ms: 1 }),
  rowOf({ endedMs: 900, call: 'gmail_send/send', cache: 'bypass' }),
  rowOf({
    endedMs: 950,
    kind: 'probe',
    call: 'openai/chat',
    ms: 1,
    ...failed,
    verdict: 'denied',
    outcome: 'policy.denied',
  }),
  rowOf({ endedMs: 1_500, ...failed, ms: 400 }),
  rowOf({ endedMs: 2_500, ...failed, ms: 10 }),
  rowOf({ endedMs: 2_600 }),
  rowOf({ endedMs: 2_700, call: 'openai/chat', cache: 'bypass' }),
  rowOf({ endedMs: 2_800, call: 'http_fetch/get', cache: 'bypass' }),
  rowOf({ endedMs: 2_900 }),
];

const samples: readonly Sample[] = [-1_000, 0, 1_500, 3_000].map((atMs, index) => ({
  atMs,
  parts: [
    { name: 'proxy-service', cpuUs: 1_000 * index, residentMiB: 200 + index, restarts: 0 },
    { name: 'postgres', cpuUs: 100 * index, residentMiB: 300, restarts: 0 },
    { name: 'k6', cpuUs: 500 * index, residentMiB: 100, restarts: 0 },
  ],
  breakers: { serpapi: index === 2 ? 2 : 0 },
  counters: {
    'proxy-service/0 gateway_token_validations_total valid': 3 * index,
    'policy-service/0 gateway_policy_denials_total openai>chat': index > 1 ? 1 : 0,
  },
  dbConnections: 5,
  isReady: true,
}));

const storageOf = (mib: number) => ({
  databaseBytes: mib * 2 ** 20,
  walBytes: mib * 2 ** 21,
  aofBytes: mib * 2 ** 19,
  stateBytes: mib * 2 ** 20,
  cacheBytes: mib * 2 ** 20,
});

/** Three seconds of chaos: seven calls allowed, one probe denied, two calls failed, one of them half a second after the fault. */
export function recordedRun(): RecordedRun {
  return {
    rows,
    samples,
    before: 'gateway_requests_total{process="proxy-service",replica="0"} 1\n',
    after: 'gateway_requests_total{process="proxy-service",replica="0"} 11\n',
    record: {
      version: 1,
      scenario: 'chaos',
      about: 'A small run.',
      tolerates: 'coded failures',
      command: 'npm run load -- chaos',
      commit: '0123456789ab',
      seed: 1,
      timeScale: 1,
      edgeUrl: 'http://localhost:8080',
      begunAt: '2026-01-02T03:04:05.000Z',
      lastedMs: 3_000,
      phases: [
        { name: 'calm', seconds: 1, from: 2, to: 2 },
        { name: '100 % timeouts', seconds: 1, from: 2, to: 2 },
        { name: 'after timeouts', seconds: 1, from: 2, to: 2 },
      ],
      stoppedAt: null,
      machine: { 'Load generator': 'k6 v1.8.1', 'CPU cores': '2', Memory: '24 GiB' },
      settings: { FF_CHAOS: 'on' },
      agents: { count: 16, tokens: 16, tokenTtlSeconds: 300 },
      generator: { exitCode: 0, tasks: 6, notBegun: 0, bytesSent: 1_000, bytesReceived: 2_000 },
      happenings: [
        { atMs: 1_000, kind: 'fault', what: '100 % timeouts' },
        { atMs: 2_000, kind: 'calm', what: 'no fault' },
      ],
      audit: [
        {
          call: 'serpapi/search',
          outcome: 'completed',
          code: null,
          isReplay: false,
          count: 4,
          attempts: 4,
          carriedOut: 4,
          retriedWell: 1,
        },
        {
          call: 'serpapi/search',
          outcome: 'failed',
          code: 'upstream.timeout',
          isReplay: false,
          count: 2,
          attempts: 4,
          carriedOut: 0,
          retriedWell: 0,
        },
        {
          call: 'openai/chat',
          outcome: 'completed',
          code: null,
          isReplay: false,
          count: 1,
          attempts: 1,
          carriedOut: 1,
          retriedWell: 0,
        },
        {
          call: 'openai/chat',
          outcome: 'denied',
          code: 'policy.denied',
          isReplay: false,
          count: 1,
          attempts: 0,
          carriedOut: 0,
          retriedWell: 0,
        },
        {
          call: 'http_fetch/get',
          outcome: 'completed',
          code: null,
          isReplay: false,
          count: 1,
          attempts: 1,
          carriedOut: 1,
          retriedWell: 0,
        },
        {
          call: 'gmail_send/send',
          outcome: 'completed',
          code: null,
          isReplay: false,
          count: 1,
          attempts: 1,
          carriedOut: 1,
          retriedWell: 0,
        },
      ],
      providers: [
        { provider: 'serpapi', route: 'GET /search.json', received: 8, ok: 4 },
        { provider: 'openai', route: 'POST /v1/chat/completions', received: 1, ok: 1 },
      ],
      mailsReceived: 1,
      loggedCalls: 10,
      logged: { calls: 10, failures: 3, securityEvents: { authorization_violation: 1 }, openingMs: [3] },
      storage: { before: storageOf(1), after: storageOf(3) },
    },
  };
}
