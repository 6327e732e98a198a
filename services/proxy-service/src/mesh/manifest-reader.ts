import { type Manifest, manifestSchema } from '@4runr/contracts/manifest';
import type { ServiceClient } from '@4runr/service-kit/client';
import { compileTool } from '../domain/compile-tool.ts';
import type { Tool } from '../domain/tool.ts';
import { jsonOf } from './json-answer.ts';

/** What an adapter tells of itself now. */
export type ManifestReading =
  | { readonly kind: 'usable'; readonly tool: Tool }
  /** It tells of something that cannot be used. */
  | { readonly kind: 'unusable'; readonly fault: string }
  /** It does not tell anything: it is not there, is starting, or does not know us. */
  | { readonly kind: 'silent'; readonly fault: string };

/** Never rejects. */
export type ManifestReader = () => Promise<ManifestReading>;

const timeoutMs = 1_000;

/** Reads the manifest of a tool's adapter. One that has not changed, to the letter, is not compiled again. */
export function readManifestOf(name: string, client: ServiceClient): ManifestReader {
  let compiled: { readonly text: string; readonly reading: ManifestReading } | undefined;
  return async () => {
    const manifest = await fetchManifest(client).catch(toFault);
    if (typeof manifest === 'string') return { kind: 'silent', fault: manifest };
    const text = JSON.stringify(manifest.body) ?? '';
    if (compiled?.text !== text) compiled = { text, reading: compile(name, manifest.body) };
    return compiled.reading;
  };
}

async function fetchManifest(client: ServiceClient): Promise<{ readonly body: unknown }> {
  const response = await client.request({ method: 'GET', path: '/manifest', timeoutMs });
  if (response.status !== 200) throw new Error(`the adapter answered ${response.status}`);
  return { body: jsonOf(response) };
}

function compile(name: string, body: unknown): ManifestReading {
  try {
    return { kind: 'usable', tool: compileTool(parse(name, body)) };
  } catch (error) {
    return { kind: 'unusable', fault: toFault(error) };
  }
}

function parse(name: string, body: unknown): Manifest {
  const manifest = manifestSchema.parse(body);
  if (manifest.tool !== name) throw new Error(`the adapter says that it is ${manifest.tool}`);
  return manifest;
}

function toFault(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
