import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { connectToGateway } from './gateway-policies.ts';

/** What is told when the policies of whatever answers so are listed. */
async function toldOf(answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  try {
    return await toldAt(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

async function toldAt(url: string): Promise<string> {
  const gateway = connectToGateway({ url, token: 'token' });
  try {
    return await gateway.list().then(
      () => 'nothing',
      (error: Error) => `${error.name}: ${error.message}`,
    );
  } finally {
    await gateway.close();
  }
}

/** People are told what to do, and never shown where in this code something was thrown. */
describe('a gateway that does not give its policies', () => {
  it('and cannot be reached is named, with why', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await new Promise((resolve) => server.close(resolve));
    assert.match(await toldAt(url), new RegExp(`^GatewayError: ${url} cannot be reached: .*ECONNREFUSED`));
  });

  it('and breaks off in its answer is as good as out of reach', async () => {
    const told = await toldOf((_request, response) => {
      response.writeHead(200, { 'content-length': 100 }).write('{', () => response.destroy());
    });
    assert.match(told, /^GatewayError: http:.* cannot be reached: /);
  });

  it('and is none, but a web page, is said to be something else', async () => {
    const told = await toldOf((_request, response) => response.end('<html>'));
    assert.match(told, /^GatewayError: the gateway’s policies are not understood: is this its edge/);
  });

  it('and believes no such token says which is needed', async () => {
    const problem = {
      type: 'about:blank',
      title: 'The access token has expired',
      status: 401,
      code: 'token.expired',
    };
    const told = await toldOf((_request, response) => response.writeHead(401).end(JSON.stringify(problem)));
    assert.match(told, /token\.expired\n {2}.*expired\n {2}An access token of an operator is needed/);
  });

  it('and is to be trusted by certificates that are not there is never asked', () => {
    const access = { url: 'https://localhost:1', token: 'token', caFile: '/nowhere/ca.pem' };
    assert.throws(() => connectToGateway(access), {
      name: 'GatewayError',
      message:
        'the certificates to trust (--ca) cannot be read: /nowhere/ca.pem: there is no such file or folder',
    });
  });
});
