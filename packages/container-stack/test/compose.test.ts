import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { serviceDefinitions } from '@4runr/local-stack/installation';
import { parse } from 'yaml';
import { readComposeFile, root } from './compose-file.ts';

const compose = readComposeFile('.env');
const services = Object.entries(compose.services);
const read = (file: string) => readFileSync(join(root, file), 'utf8');

/** Pages for people, on this machine alone. */
const pages = ['jaeger', 'prometheus', 'grafana'];

describe('docker-compose.yml', () => {
  it('runs every service that has a folder, from that folder', () => {
    const folders = globSync(['services/*/src/main.ts', 'services/tool-adapters/*/src/main.ts'], {
      cwd: root,
    });
    const built = services.flatMap(([, { build }]) => build?.args.SERVICE ?? []);
    assert.deepEqual(
      built.filter((folder) => folder.startsWith('services/')).sort(),
      folders.map((main) => dirname(dirname(main))).sort(),
    );
  });

  it('calls services as the mesh does, so that names lead to them', () => {
    for (const { name, folder } of serviceDefinitions)
      assert.equal(compose.services[name]?.build?.args.SERVICE, folder, name);
  });

  it('gives ports of this machine to the edge and to pages for people, on loopback', () => {
    const published = services.filter(([, { ports }]) => ports.length > 0);
    assert.deepEqual(published.map(([name]) => name).sort(), ['edge', ...pages].sort());
    for (const [name, { ports }] of published)
      for (const port of ports) assert.match(port, /^127\.0\.0\.1:/, name);
  });

  it('lets nothing run with privileges, write to its root file system or take the machine’s memory', () => {
    for (const [name, service] of services) {
      assert.equal(service.read_only, true, name);
      assert.deepEqual(service.cap_drop, ['ALL'], name);
      assert.deepEqual(service.security_opt, ['no-new-privileges:true'], name);
      assert.ok(service.mem_limit !== undefined && service.pids_limit !== undefined, name);
    }
  });

  it('gives capabilities to nothing but what makes the secrets', () => {
    const capable = services.filter(([, { cap_add }]) => cap_add.length > 0).map(([name]) => name);
    assert.deepEqual(capable.sort(), ['client', 'dashboards', 'database', 'set-up']);
  });

  it('lets adapters alone of our services reach the Internet', () => {
    const isInternal = (network: string) => compose.networks[network]?.internal === true;
    for (const { name } of serviceDefinitions) {
      const outward = compose.services[name]?.networks.filter((network) => !isInternal(network));
      assert.deepEqual(outward, name.startsWith('adapter-') ? ['egress'] : [], name);
    }
  });

  it('hands policy files to what applies them, which reaches the edge and no data', () => {
    const { volumes, networks, environment } =
      compose.services.policies ?? assert.fail('nothing applies them');
    assert.ok(volumes.includes('./deploy/policies:/policies:ro'));
    assert.deepEqual(networks, ['mesh']);
    assert.match(environment.EDGE_URL ?? '', /^https:\/\/edge:/);
  });

  it('keeps adapters from the data', () => {
    for (const [name, { networks }] of services)
      if (name.startsWith('adapter-')) assert.ok(!networks.includes('data'), name);
  });

  it('holds nothing that compose 1.29 or 2 does not read', () => {
    const text = read('docker-compose.yml');
    assert.doesNotMatch(text, /^(name|include|configs|version):/m);
    assert.doesNotMatch(text, /@sha256:/);
  });

  it('names images that are in the list of deploy/README.md, and the list no others', () => {
    const ofOthers = services.map(([, { image }]) => image).filter((image) => !image.startsWith('4runr/'));
    const bases = [...read('deploy/Dockerfile').matchAll(/^FROM (\S+:\S+)/gm)].map(([, image = '']) => image);
    const listed = [...read('deploy/README.md').matchAll(/^\| `(\S+:\S+)` \|/gm)].map(
      ([, image = '']) => image,
    );
    assert.deepEqual(listed.sort(), [...new Set([...ofOthers, ...bases])].sort());
  });
});

describe('deploy/Dockerfile', () => {
  it('holds nothing that only later builders read', () => {
    const text = read('deploy/Dockerfile');
    assert.doesNotMatch(text, /^# *syntax|--link|<<|@sha256:/m);
  });

  it('ends in an image whose process is node, without root', () => {
    const last =
      read('deploy/Dockerfile')
        .split(/^FROM /m)
        .at(-1) ?? '';
    assert.match(last, /^USER 1000:1000$/m);
    assert.match(last, /^CMD \["node", "src\/main\.ts"\]$/m);
  });
});

describe('deploy/live.env', () => {
  it('takes everything away that points at the simulator', () => {
    const live = readComposeFile('deploy/live.env');
    const adapters = Object.entries(live.services).filter(([name]) => name.startsWith('adapter-'));
    for (const [name, { environment }] of adapters)
      assert.doesNotMatch(JSON.stringify(environment), /simulat|company\.com|ca\.pem/, name);
    assert.equal(live.services.edge?.environment.EDGE_SIMULATOR_URL, '');
  });
});

describe('deploy/prometheus/prometheus.yml', () => {
  it('scrapes every service at its port, as a job of its name', () => {
    const { scrape_configs: jobs } = parse(read('deploy/prometheus/prometheus.yml')) as {
      scrape_configs: { job_name: string; dns_sd_configs?: { names: string[]; port: number }[] }[];
    };
    const scraped = jobs.flatMap(({ job_name, dns_sd_configs = [] }) =>
      dns_sd_configs.map(({ names, port }) => `${job_name} ${names.join()} ${port}`),
    );
    assert.deepEqual(
      scraped.sort(),
      serviceDefinitions.map(({ name, port }) => `${name} ${name} ${port}`).sort(),
    );
  });
});
