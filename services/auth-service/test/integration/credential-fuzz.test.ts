import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { credentialFieldsSchema } from '@4runr/contracts/credential';
import { problemSchema } from '@4runr/contracts/problem';
import fc from 'fast-check';
import {
  type AuthServiceUnderTest,
  operatorHeaders,
  startAuthService,
} from '../fixtures/auth-service-under-test.ts';
import { authMeshKeys, type CredentialsApi, credentialsOf, meshTokenOf } from '../fixtures/credentials.ts';

const runs = { numRuns: 150 };

let service: AuthServiceUnderTest;
let credentials: CredentialsApi;
before(async () => {
  service = await startAuthService({ MESH_KEYS: authMeshKeys });
  credentials = credentialsOf(service.url, await operatorHeaders(service));
});
after(() => service.stop());

/** Text with everything in it: NUL, other scripts. Half a surrogate pair cannot be stored, and is refused before. */
const anyText = fc.string({ unit: 'binary', maxLength: 40 }).map((text) => text.toWellFormed());
const name = fc.oneof(fc.constantFrom('apiKey', 'a', 'constructor', '__proto__', 'toString'), anyText);
const anyTool = fc.oneof(
  fc.constantFrom('openai', 'serpapi', '__proto__', '%00', '..', '%2e%2e'),
  anyText.map(encodeURIComponent),
);
/** As node's client lets it pass: visible ASCII. */
const anyHeader = fc.string({ unit: 'grapheme-ascii', maxLength: 30 });

describe('no input of any kind makes a 5xx', () => {
  it('PUT /v1/credentials/{tool} with any body: what the contract takes comes out as it went in', async () => {
    const near = fc.dictionary(name, fc.oneof(anyText, fc.jsonValue({ maxDepth: 2 })), { maxKeys: 22 });
    await fc.assert(
      fc.asyncProperty(fc.oneof(near, fc.jsonValue()), async (value) => {
        const body: unknown = JSON.parse(JSON.stringify(value));
        const response = await credentials.put('openai', JSON.stringify(body));
        if (!credentialFieldsSchema.safeParse(body).success) {
          assert.equal(response.status, 422, JSON.stringify(body));
          return void problemSchema.parse(await response.json());
        }
        assert.ok(response.ok, JSON.stringify(body));
        assert.deepEqual((await credentials.deliver('openai')).fields, body);
      }),
      runs,
    );
  });

  it('any tool, any entity tags', async () => {
    await fc.assert(
      fc.asyncProperty(anyTool, anyHeader, anyHeader, async (tool, ifMatch, ifNoneMatch) => {
        const headers = { 'if-match': ifMatch, 'if-none-match': ifNoneMatch };
        const answers = await Promise.all([
          credentials.put(tool, { apiKey: 'x' }, headers),
          credentials.get(`/${tool}`, headers),
          credentials.delete(tool, headers),
          credentials.ask(tool, `Bearer ${meshTokenOf('adapter-openai')}`, headers),
        ]);
        for (const { status } of answers) assert.ok(status < 500, `${tool} ${status}`);
      }),
      runs,
    );
  });

  it('any bytes in place of a mesh token', async () => {
    await fc.assert(
      fc.asyncProperty(anyHeader, async (text) => {
        assert.equal((await credentials.ask('openai', `Bearer ${text}`)).status, 401);
      }),
      runs,
    );
  });
});
