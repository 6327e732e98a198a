import { renderExports, rotateMeshKeys } from '@4runr/local-stack/installation';
import { type ContainerConfig, readConfig } from './config.ts';
import { ensureDashboardsRole, ensureDatabase } from './database.ts';
import { type GatewayFolder, gatewayFolder } from './gateway-folder.ts';
import { giveToOwnerOf } from './ownership.ts';
import { openMesh, setUp } from './set-up.ts';
import { session, welcome } from './welcome.ts';

type Command = (folder: GatewayFolder, config: ContainerConfig) => Promise<void>;

const write = (text: string) => void process.stdout.write(text);

/** What the one-shot containers of docker-compose.yml run. Each can be run again at any time. */
const commands: Readonly<Record<string, Command>> = {
  async 'set-up'(folder, config) {
    await setUp(folder, config);
    write(`Secrets, keys and certificates are in ${config.shownFolder}\n`);
  },
  /** A new generation of the keys between services; the one before is accepted until the next rotation. */
  async 'rotate-mesh-keys'(folder, config) {
    rotateMeshKeys(folder.secretsFile);
    await setUp(folder, config);
    write('A new generation of mesh keys was handed out: restart the services, callers last\n');
  },
  async database(folder, config) {
    const { mesh, passwords } = await openMesh(folder, config);
    await ensureDatabase(mesh, passwords);
  },
  async dashboards(folder, config) {
    await ensureDashboardsRole((await openMesh(folder, config)).passwords);
  },
  welcome: (folder, config) => welcome(folder, config, write),
  async session(folder, config) {
    write(renderExports(await session(folder, config)));
  },
};

const [name = ''] = process.argv.slice(2);
const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
if (command === undefined) {
  process.stderr.write(`usage: main.ts ${Object.keys(commands).join(' | ')}\n`);
  process.exit(2);
}
const config = readConfig();
const folder = gatewayFolder(config.folder);
await command(folder, config);
if (config.ownerOf !== '') giveToOwnerOf(config.ownerOf, folder.root);
