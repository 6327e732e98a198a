import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startTestAdapter } from '@4runr/adapter-kit/testing';
import type { Params } from '@4runr/contracts/call';
import { type AdapterDeclaration, fillSimulatorTemplate } from '@4runr/local-stack';
import { everyAdapter, type FoundAdapter } from './mesh/every-adapter.ts';
import { rerouteNetwork } from './mesh/rerouted-network.ts';
import { startWireRecorder, type WireRecorder, type WireRequest } from './mesh/wire-recorder.ts';

type Settings = Readonly<Record<string, string>>;

/** Where live mode leads to; of a tool that is not listed it is only known that it is no place of the simulator. */
const providers: Readonly<Record<string, readonly string[]>> = {
  gmail_send: ['oauth2.googleapis.com', 'gmail.googleapis.com'],
  http_fetch: ['example.com'],
  openai: ['api.openai.com'],
  serpapi: ['serpapi.com'],
  wikipedia: ['en.wikipedia.org', 'de.wikipedia.org'],
};

let recorder: WireRecorder;
let folder: string;
let undo: () => void;
before(async () => {
  recorder = await startWireRecorder();
  folder = mkdtempSync(path.join(tmpdir(), 'e2e-wire-'));
  writeFileSync(path.join(folder, 'ca.pem'), recorder.ca);
  undo = rerouteNetwork(recorder);
});
after(async () => {
  undo();
  await recorder.close();
  rmSync(folder, { recursive: true });
});

/** What an installer tells the adapter in mock mode, the recorder standing where the simulator would. */
function mockSettings({ mock }: AdapterDeclaration): Settings {
  const http = `127.0.0.1:${recorder.http}`;
  const https = `127.0.0.1:${recorder.https}`;
  const caFile = path.join(folder, 'ca.pem');
  const places = { url: `http://${http}`, http, https, caFile, hosts: ['example.com'] };
  return mapValues(mock, (template) => fillSimulatorTemplate(template, places));
}

/** In live mode it is told of credentials alone: what a declaration says without naming the simulator. They are as long. */
function liveSettings({ mock }: AdapterDeclaration): Settings {
  const credentials = Object.entries(mock).filter(([, value]) => !value.includes('{'));
  return mapValues(Object.fromEntries(credentials), (value) => value.replace('simulated', 'authentic'));
}

const mapValues = (settings: Settings, change: (value: string) => string): Settings =>
  Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, change(value)]));

/** What reaches the provider when every example of the manifest is carried out, one after another, and streamed where it can be. */
async function recordExamples(
  { definition }: FoundAdapter,
  settings: Settings,
): Promise<readonly WireRequest[]> {
  const adapter = await startTestAdapter(definition, settings);
  try {
    for (const [action, { params, streaming }] of Object.entries(definition.manifest.actions)) {
      for (const example of params.examples as Params[]) {
        await adapter.call(action, example);
        if (streaming !== undefined) await adapter.call(action, { ...example, [streaming.param]: true });
      }
    }
  } finally {
    await adapter.close();
  }
  return recorder.take();
}

const hostOf = ({ rawHeaders }: WireRequest): string =>
  rawHeaders[rawHeaders.findIndex((name) => name.toLowerCase() === 'host') + 1] ?? '';

/** A request without where it went, by whose credentials, in which trace, and at what time a mail says that it was written. */
function comparable({ method, target, rawHeaders, body }: WireRequest, basePath: string): unknown {
  const withoutWhereabouts = (text: string) => text.replaceAll('authentic', 'simulated');
  return {
    method,
    target: withoutWhereabouts(target.slice(target.startsWith(basePath) ? basePath.length : 0)),
    headers: rawHeaders.map((text, index) => {
      const name = rawHeaders[index - 1]?.toLowerCase();
      return index % 2 === 1 && (name === 'host' || name === 'traceparent') ? name : withoutWhereabouts(text);
    }),
    body: withoutWhereabouts(body).replace(/^Date: .*$/m, 'Date'),
  };
}

/** Path below which the simulator plays the provider. */
function simulatedBasePath({ mock }: AdapterDeclaration): string {
  const [base = ''] = Object.values(mock).filter((value) => value.startsWith('{simulator}/providers/'));
  return base.slice('{simulator}'.length);
}

/** Path below which the provider itself has its API, where its base URL has one. */
function liveBasePath({ definition }: FoundAdapter): string {
  const { baseUrl = '' } = definition.readConfig({}) as { readonly baseUrl?: string };
  return URL.parse(baseUrl)?.pathname.replace(/\/$/, '') ?? '';
}

describe('live mode', () => {
  for (const adapter of everyAdapter) {
    const { declaration } = adapter;
    const { tool } = declaration;
    it(`sends the provider of ${tool} what mock mode sends the simulator, but for host and credentials`, async () => {
      const mock = await recordExamples(adapter, mockSettings(declaration));
      const live = await recordExamples(adapter, liveSettings(declaration));
      assert.notEqual(mock.length, 0);
      if (!declaration.credential) assert.deepEqual(liveSettings(declaration), {});
      const basePath = simulatedBasePath(declaration);
      assert.deepEqual(
        live.map((request) => comparable(request, liveBasePath(adapter))),
        mock.map((request) => comparable(request, basePath)),
      );
      const hosts = new Set(live.map(hostOf));
      assert.deepEqual(hosts, new Set(providers[tool] ?? hosts));
      assert.ok(
        live.every(({ scheme }) => scheme === 'https'),
        'a provider is asked over TLS',
      );
      const wire = JSON.stringify(live);
      assert.ok(
        !wire.includes('simulated') && !wire.includes('127.0.0.1'),
        'nothing of the simulator is left',
      );
    });
  }
});
