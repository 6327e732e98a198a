import { adapterStreamEnds, type Params } from '@4runr/contracts/call';
import type { AdapterObligation } from '@4runr/contracts/decision';
import { headers } from '@4runr/contracts/headers';
import { adapterServiceName, type ServiceName } from '@4runr/contracts/mesh';
import type { BaseConfig, Environment } from '@4runr/service-kit/config';
import {
  createMeshKeyring,
  createMeshTokenSource,
  hashParams,
  type PermitGrant,
  signPermit,
} from '@4runr/service-kit/mesh';
import { readEvents } from '@4runr/service-kit/sse';
import { createTestMesh } from '@4runr/service-kit/testing';
import type { AdapterDefinition } from '../adapter.ts';
import { startAdapter } from '../run-adapter.ts';

/**
 * What an adapter answered: its result and usage, or the members of a problem document. Of a stream the `pieces`, parsed, and the
 * members of what its last event tells: usage, or a problem.
 */
export interface AdapterAnswer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape.
  readonly body: any;
}

export interface CallOptions {
  readonly obligations?: readonly AdapterObligation[];
  readonly signal?: AbortSignal;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An adapter that runs in this process, seen as proxy-service sees it. */
export interface TestAdapter {
  readonly url: string;
  readonly service: ServiceName;
  /** Carries out an action with a fitting mesh token and permit. */
  call(action: string, params: Params, options?: CallOptions): Promise<AdapterAnswer>;
  /** Sends anything to any path. */
  send(
    method: string,
    path: string,
    options?: { headers?: Record<string, string>; body?: string },
  ): Promise<AdapterAnswer>;
  /** A mesh token of the caller for an audience, by default this adapter. */
  meshToken(caller?: ServiceName, audience?: ServiceName): string;
  /** A permit for the call, with what the test wants to be otherwise. */
  permit(action: string, params: Params, changes?: PermitChanges): string;
  /** The value of a metric's sample, e.g. `gateway_upstream_duration_ms_count`, over all of its labels. */
  metric(name: string): Promise<number>;
  close(): Promise<void>;
}

export type PermitChanges = Partial<PermitGrant> & {
  /** Whose key signs it. Default: policy-service. */
  readonly signer?: ServiceName;
  readonly clock?: () => number;
};

export const testCallId = 'call_test';

/** Starts an adapter with settings for a test; mesh keys and a free port are provided. */
export async function startTestAdapter<C extends BaseConfig, A extends string>(
  adapter: AdapterDefinition<C, A>,
  environment: Environment = {},
): Promise<TestAdapter> {
  const { tool } = adapter.manifest;
  const service = adapterServiceName(tool);
  const { meshKeys, keyringOf } = createKeys(service);
  const running = await startAdapter(adapter, {
    PORT: '0',
    LOG_LEVEL: 'silent',
    SHUTDOWN_GRACE_MS: '100',
    MESH_KEYS: meshKeys,
    ...environment,
  });

  const send: TestAdapter['send'] = async (method, path, options = {}) => {
    const answer = await fetch(`${running.url}${path}`, { method, ...options });
    return toAnswer(answer);
  };
  const meshToken: TestAdapter['meshToken'] = (caller = 'proxy-service', audience = service) =>
    createMeshTokenSource(keyringOf(caller))(audience);
  const permit: TestAdapter['permit'] = (
    action,
    params,
    { signer = 'policy-service', clock, ...changes } = {},
  ) => {
    const grant = { ...grantOf(service, `${tool}:${action}`, params), ...changes };
    return signPermit(keyringOf(signer), grant, clock);
  };

  return {
    url: running.url,
    service,
    send,
    meshToken,
    permit,
    call: async (action, params, options = {}) => {
      const obligations = [...(options.obligations ?? [])];
      const answer = await fetch(`${running.url}/actions/${action}`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${meshToken()}`,
          [headers.permit]: permit(action, params, { obligations }),
          'content-type': 'application/json',
          ...options.headers,
        },
        body: JSON.stringify({ callId: testCallId, params }),
        ...(options.signal === undefined ? {} : { signal: options.signal }),
      });
      return toAnswer(answer);
    },
    metric: async (name) => sumOfSamples(await (await fetch(`${running.url}/metrics`)).text(), name),
    close: () => running.stop(),
  };
}

/** The mesh of all adapters under test and their vault. */
export const testMesh = createTestMesh();

/** The pairs that a test plays: who may call, who may permit, and one who may do neither; and the vault. */
function createKeys(service: ServiceName) {
  const mesh = testMesh;
  const strangers: ServiceName[] = ['auth-service', 'adapter-other'];
  const callers: ServiceName[] = ['proxy-service', 'policy-service', ...strangers];
  const pairs = callers.flatMap((caller) => [[caller, service] as const, [caller, 'adapter-other'] as const]);
  return {
    meshKeys: mesh.meshKeys(...pairs.filter(([, audience]) => audience === service), [
      service,
      'auth-service',
    ]),
    keyringOf: (self: ServiceName) =>
      createMeshKeyring(
        self,
        pairs.map(([caller, audience]) => mesh.keyOf(caller, audience)),
      ),
  };
}

function grantOf(service: ServiceName, scope: string, params: Params): PermitGrant {
  return {
    aud: service,
    sub: 'agt_test',
    scope,
    decisionId: 'dec_test',
    callId: testCallId,
    paramsSha256: hashParams(params),
    obligations: [],
  };
}

async function toAnswer(answer: Response): Promise<AdapterAnswer> {
  const { status, headers, body } = answer;
  if (body !== null && headers.get('content-type')?.startsWith('text/event-stream'))
    return { status, headers, body: await readStream(body) };
  const text = await answer.text();
  return { status, headers, body: text === '' ? undefined : JSON.parse(text) };
}

/** @throws Error when the stream ends without the event that says what became of the call */
async function readStream(body: AsyncIterable<Uint8Array>): Promise<object> {
  const pieces: unknown[] = [];
  for await (const { event, data } of readEvents(toBuffers(body))) {
    const told = JSON.parse(data);
    if (event === undefined) pieces.push(told);
    else return event === adapterStreamEnds.problem ? { pieces, ...told.problem } : { pieces, ...told };
  }
  throw new Error('the stream ended without a last event');
}

async function* toBuffers(body: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer, void, void> {
  for await (const chunk of body) yield Buffer.from(chunk);
}

function sumOfSamples(exposition: string, name: string): number {
  return exposition
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}
