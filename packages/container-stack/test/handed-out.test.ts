import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type MeshView, type meshKeysOf, serviceDefinitions } from '@4runr/local-stack/installation';
import { readConfig } from '../src/config.ts';
import { gatewayFolder, handedOutAt } from '../src/gateway-folder.ts';
import { openMesh, setUp } from '../src/set-up.ts';
import { type ComposeService, readComposeFile, root } from './compose-file.ts';

const compose = readComposeFile('.env');
const folder = gatewayFolder(mkdtempSync(join(tmpdir(), 'container-stack-')));
const config = readConfig(compose.services['set-up']?.environment ?? {});
let mesh: MeshView;

const serviceOf = (name: string): ComposeService => {
  const service = compose.services[name];
  assert.ok(service, `docker-compose.yml has no ${name}`);
  return service;
};
const handedFile = (name: string, path: string) => path.replace(handedOutAt, folder.handedTo(name));

before(async () => {
  await setUp(folder, config);
  ({ mesh } = await openMesh(folder, config));
});
after(() => rmSync(folder.root, { recursive: true }));

describe('what docker-compose.yml tells a service', () => {
  for (const definition of serviceDefinitions) {
    const { name } = definition;

    it(`is what the local stack tells it: ${name}`, async () => {
      const { environment } = serviceOf(name);
      for (const [variable, value] of Object.entries(await definition.env(mesh))) {
        const file = environment[`${variable}_FILE`];
        const told =
          file === undefined ? environment[variable] : readFileSync(handedFile(name, file), 'utf8');
        const remedy = `add ${variable}, or ${variable}_FILE: ${handedOutAt}/${variable}, to ${name} in docker-compose.yml`;
        assert.equal(told, value.replaceAll(root, '/app'), remedy);
      }
    });

    it(`is enough to start in production: ${name}`, async () => {
      const told = Object.entries(serviceOf(name).environment).map(([variable, value]) => [
        variable,
        value.startsWith(handedOutAt) ? handedFile(name, value) : value,
      ]);
      const { readConfig } = (await import(join(root, definition.folder, 'src/config.ts'))) as {
        readConfig: (env: object) => { port: number };
      };
      const { port } = readConfig({ ...Object.fromEntries(told), NODE_ENV: 'production' });
      assert.equal(port, definition.port);
    });
  }
});

describe('what is handed out', () => {
  const users = Object.entries(compose.services).filter(([, { volumes }]) =>
    volumes.some((volume) => volume.includes('.local/compose')),
  );
  const installers = ['set-up', 'dashboards', 'database', 'client'];

  it('is seen by its owner alone, who cannot change it', () => {
    for (const [name, { volumes }] of users) {
      if (installers.includes(name)) continue;
      const mounted = volumes.filter((volume) => volume.includes('.local/compose'));
      assert.deepEqual(mounted, [`./.local/compose/parts/${name}:${handedOutAt}:ro`]);
    }
  });

  it('holds every file that a part is pointed at', () => {
    for (const [name, { environment }] of users)
      for (const path of Object.values(environment).filter((value) => value.startsWith(handedOutAt)))
        assert.ok(existsSync(handedFile(name, path)), `${name}: ${path}`);
  });

  it('holds no mesh key of a pair that the service has no part in, and never the root secret', () => {
    const { root: rootSecret } = JSON.parse(readFileSync(folder.secretsFile, 'utf8')) as { root: string };
    for (const { name } of serviceDefinitions) {
      const text = readFileSync(join(folder.handedTo(name), 'MESH_KEYS'), 'utf8');
      const keys = JSON.parse(text) as ReturnType<typeof meshKeysOf>;
      assert.ok(keys.every(({ caller, audience }) => [caller, audience].includes(name)));
      assert.ok(!text.includes(rootSecret));
    }
  });

  it('lies in a folder that nobody but its owner enters', () => {
    assert.equal(statSync(folder.root).mode & 0o777, 0o700);
  });
});

describe('a second set-up', () => {
  const handed = () =>
    serviceDefinitions.map(({ name }) => readFileSync(join(folder.handedTo(name), 'MESH_KEYS'), 'utf8'));
  const places = ['parts/edge/certificate.pem', 'parts/postgres/password', 'parts/auth-service/DATABASE_URL'];
  const texts = () => places.map((file) => readFileSync(join(folder.root, file), 'utf8'));

  it('changes nothing', async () => {
    const first = [handed(), texts()];
    await setUp(folder, config);
    assert.deepEqual([handed(), texts()], first);
  });
});
