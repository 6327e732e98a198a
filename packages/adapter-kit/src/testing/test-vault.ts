import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CredentialFields, credentialPath, credentialPurpose } from '@4runr/contracts/credential';
import { adapterServiceName } from '@4runr/contracts/mesh';
import { problemMediaType, toProblem } from '@4runr/contracts/problem';
import { createMeshKeyring, sealForPair, verifyMeshToken } from '@4runr/service-kit/mesh';
import { testMesh } from './test-adapter.ts';

/** What a question was answered with. */
export interface VaultAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
}

/** Stands where auth-service would, for the credential of one tool. */
export interface TestVault {
  readonly url: string;
  /** Stores the next version. Resolves when the adapter has been handed it. */
  put(fields: CredentialFields): Promise<void>;
  /** Resolves when the adapter has been told that there is none. */
  delete(): Promise<void>;
  /** Answers everything with this from now on, breaks off (`nothing`) or never answers, or does as a vault does. Resolves when the adapter got it twice. */
  answerWith(answer: VaultAnswer | 'nothing' | 'silence' | undefined): Promise<void>;
  /** Resolves after so many more questions were answered and the adapter has asked again, so that it has seen the answers. */
  asked(times: number): Promise<void>;
  /** Headers of every question so far. */
  readonly questions: readonly IncomingMessage['headers'][];
  close(): Promise<void>;
}

export async function startTestVault(tool: string): Promise<TestVault> {
  const caller = adapterServiceName(tool);
  const keyring = createMeshKeyring('auth-service', [testMesh.keyOf(caller, 'auth-service')]);
  const questions: IncomingMessage['headers'][] = [];
  const waiting: { left: number; resolve: () => void }[] = [];
  let version = 0;
  let fields: CredentialFields | undefined;
  let override: VaultAnswer | 'nothing' | 'silence' | undefined;

  async function answer(request: IncomingMessage): Promise<VaultAnswer | 'nothing' | 'silence'> {
    if (override !== undefined) return override;
    const token = request.headers.authorization?.slice('Bearer '.length) ?? '';
    if (verifyMeshToken(keyring, token).iss !== caller || request.url !== credentialPath(tool))
      return { status: 403 };
    if (fields === undefined) return { status: 404, body: toProblem('tool.unknown') };
    const etag = `"${version}"`;
    if (request.headers['if-none-match'] === etag) return { status: 304, headers: { etag } };
    const sealing = { plaintext: JSON.stringify(fields), purpose: credentialPurpose(tool, version) };
    const jwe = await sealForPair(keyring, { caller, audience: 'auth-service', kid: 'test' }, sealing);
    return { status: 200, headers: { etag }, body: { tool, version, jwe } };
  }

  const server = createServer(async (request, response) => {
    // A question shows that the answers before it have been taken.
    for (const waiter of waiting.splice(0)) {
      waiter.left -= 1;
      if (waiter.left < 0) waiter.resolve();
      else waiting.push(waiter);
    }
    questions.push(request.headers);
    send(response, await answer(request));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  const asked = (times: number) =>
    new Promise<void>((resolve) => void waiting.push({ left: times, resolve }));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    questions,
    asked,
    put(next) {
      version += 1;
      fields = next;
      return asked(1);
    },
    delete() {
      fields = undefined;
      return asked(1);
    },
    answerWith(next) {
      override = next;
      return asked(2);
    },
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function send(response: ServerResponse, answer: VaultAnswer | 'nothing' | 'silence'): void {
  if (answer === 'silence') return;
  if (answer === 'nothing') return void response.destroy();
  const { status, headers, body } = answer;
  response.writeHead(status, { 'content-type': problemMediaType, ...headers });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}
