import {
  type Policy,
  type PolicyHistoryEntry,
  type PolicyRecord,
  policyHistorySchema,
  policyListSchema,
} from '@4runr/contracts/policy';
import { problemSchema } from '@4runr/contracts/problem';
import { type EdgeTrust, trustIn } from '@4runr/local-stack/installation';
import { Agent, type Dispatcher, request } from 'undici';
import { describeFailure } from './describe-failure.ts';

/** How to reach a gateway as an operator. */
export interface GatewayAccess extends EdgeTrust {
  /** Base URL of its edge. */
  readonly url: string;
  /** Access token of an operator with `policies:read`, and `policies:write` to change anything. */
  readonly token: string;
}

/** The policies of a gateway. Every method rejects with a `GatewayError` when the gateway refuses. */
export interface GatewayPolicies {
  /** All that are active, by name. */
  list(): Promise<readonly PolicyRecord[]>;
  /** What last happened to a policy, its deletion included; undefined where there was never one of the name. */
  lastChangeOf(name: string): Promise<PolicyHistoryEntry | undefined>;
  create(policy: Policy): Promise<void>;
  /** Replaces a policy that is still what `before` says. */
  replace(before: PolicyRecord, after: Policy): Promise<void>;
  /** Deletes a policy that is still what `before` says. */
  delete(before: PolicyRecord): Promise<void>;
  close(): Promise<void>;
}

/** The gateway did not do what was asked; the message says why, for people. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError';
  /** Of the problem that the gateway answered, where it answered one. */
  readonly code: string | undefined;

  constructor(message: string, { code, ...options }: ErrorOptions & { readonly code?: string } = {}) {
    super(message, options);
    this.code = code;
  }
}

const timeoutMs = 30_000;

/** @throws GatewayError where the certificates to trust cannot be read */
export function connectToGateway(access: GatewayAccess): GatewayPolicies {
  const { url, token } = access;
  const dispatcher = new Agent({
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    connect: readTrust(access),
  });

  async function exchange(method: Dispatcher.HttpMethod, path: string, sent: Sent): Promise<Answer> {
    const response = await request(`${url.replace(/\/$/, '')}${path}`, {
      dispatcher,
      method,
      headers: {
        accept: 'application/json',
        authorization: `Bearer ${token}`,
        ...(sent.ifMatch === undefined ? {} : { 'if-match': sent.ifMatch }),
        ...(sent.body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: sent.body === undefined ? null : JSON.stringify(sent.body),
    });
    return { status: response.statusCode, text: await response.body.text() };
  }

  async function ask(method: Dispatcher.HttpMethod, path: string, sent: Sent = {}): Promise<unknown> {
    const { status, text } = await exchange(method, path, sent).catch((cause: unknown) => {
      throw new GatewayError(`${url} cannot be reached: ${describeFailure(cause)}`, { cause });
    });
    if (status >= 300) throw refusal(`${method} ${path}`, status, text);
    return parse(text);
  }

  return {
    async list() {
      const records: PolicyRecord[] = [];
      let cursor: string | null = '';
      while (cursor !== null) {
        const query: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
        const page = readPage(await ask('GET', `/v1/policies?limit=100${query}`));
        records.push(...page.items);
        cursor = page.nextCursor;
      }
      return records;
    },
    async lastChangeOf(name) {
      try {
        return readHistory(await ask('GET', `/v1/policies/${name}/versions?limit=1`));
      } catch (error) {
        if (error instanceof GatewayError && error.code === 'policy.unknown') return undefined;
        throw error;
      }
    },
    async create(policy) {
      await ask('POST', '/v1/policies', { body: policy });
    },
    async replace(before, after) {
      await ask('PUT', `/v1/policies/${before.name}`, { body: after, ifMatch: `"${before.version}"` });
    },
    async delete(before) {
      await ask('DELETE', `/v1/policies/${before.name}`, { ifMatch: `"${before.version}"` });
    },
    close: () => dispatcher.close(),
  };
}

interface Sent {
  readonly body?: Policy;
  readonly ifMatch?: string;
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

function readTrust(trust: EdgeTrust): ReturnType<typeof trustIn> {
  try {
    return trustIn(trust);
  } catch (cause) {
    throw new GatewayError(`the certificates to trust (--ca) cannot be read: ${describeFailure(cause)}`, {
      cause,
    });
  }
}

/** Documents that this version does not understand are no reason to guess what would become of them. */
function readPage(body: unknown) {
  const page = policyListSchema.safeParse(body);
  if (page.success) return page.data;
  throw notUnderstood(page.error);
}

/** Newest first. */
function readHistory(body: unknown): PolicyHistoryEntry | undefined {
  const history = policyHistorySchema.safeParse(body);
  if (history.success) return history.data.items[0];
  throw notUnderstood(history.error);
}

function notUnderstood(cause: Error): GatewayError {
  const what = 'the gateway’s policies are not understood';
  return new GatewayError(`${what}: is this its edge (--url), and of the same version?`, { cause });
}

function refusal(what: string, status: number, text: string): GatewayError {
  const problem = problemSchema.safeParse(parse(text)).data;
  if (problem === undefined) return new GatewayError(`${what} was answered ${status}`);
  if (
    problem.code === 'precondition.failed' ||
    problem.code === 'conflict' ||
    problem.code === 'policy.unknown'
  ) {
    const { code } = problem;
    return new GatewayError(`${what}: ${code}. The policy was changed meanwhile; look again`, { code });
  }
  const faults = problem.errors?.map(({ pointer, detail }) => `${pointer}: ${detail}`) ?? [];
  const hint = problem.status === 401 ? ['An access token of an operator is needed that is still valid'] : [];
  const lines = [`${what}: ${problem.code}`, problem.detail ?? problem.title, ...faults, ...hint];
  return new GatewayError(lines.join('\n  '), { code: problem.code });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
