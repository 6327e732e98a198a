import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';

/** Installs a Node that is this one and a pnpm that leaves what pnpm leaves; notes each call in `calls`. */
const FAKE_NPM = `#!/bin/sh
echo npm >> "$CALLS"
sleep 0.2
[ -z "$NPM_FAILS" ] || { echo "getaddrinfo ENOTFOUND registry"; exit 1; }
bin="node_modules/node-linux-${process.arch}/bin"; exe="node_modules/@pnpm/exe.linux-${process.arch}"
mkdir -p "$bin" "$exe" && ln -s "${process.execPath}" "$bin/node"
cat > "$exe/pnpm" <<'PNPM'
#!/bin/sh
[ "$1" = --version ] && exit
echo "pnpm $*" >> "$CALLS"
case "$*" in *--prod*) dev=false ;; *) dev=true; mkdir -p node_modules/typescript ;; esac
mkdir -p node_modules && echo "devDependencies: $dev" > node_modules/.modules.yaml
PNPM
chmod +x "$exe/pnpm"
`;

let clone = '';

describe('the bootstrap', {
  skip: process.platform !== 'linux' && 'elsewhere the Node of the machine is used',
}, () => {
  beforeEach(() => {
    clone = mkdtempSync(join(tmpdir(), '4runr-bootstrap-'));
    cpSync(import.meta.dirname, join(clone, 'bootstrap'), { recursive: true });
    for (const file of ['package.json', 'pnpm-lock.yaml']) writeFileSync(join(clone, file), '{}');
    writeFileSync(join(clone, 'pnpm-workspace.yaml'), 'packages:\n  - packages/*\n');
    writeFileSync(
      join(clone, 'hello.ts'),
      "const who: string = 'world';\nconsole.log('hello', who, ...process.argv.slice(2));\n",
    );
    mkdirSync(join(clone, 'fake'));
    writeFileSync(join(clone, 'fake/npm'), FAKE_NPM);
    chmodSync(join(clone, 'fake/npm'), 0o755);
  });
  afterEach(() => rmSync(clone, { recursive: true, force: true }));

  it('brings what is missing, says so, and is silent when all is there', async () => {
    const first = await run(['hello.ts', 'a', 'b c']);
    assert.equal(first.stdout, 'hello world a b c\n');
    assert.match(
      first.stderr,
      /^bringing Node [\d.]+ and pnpm [\d.]+ … [\d.]+ s\ninstalling the dependencies … [\d.]+ s\n$/,
    );
    const second = await run(['hello.ts']);
    assert.deepEqual([second.stdout, second.stderr, second.code], ['hello world\n', '', 0]);
  });

  it('installs once when two commands run at once', async () => {
    const both = await Promise.all([run(['hello.ts']), run(['hello.ts'])]);
    assert.deepEqual(
      both.map(({ stdout }) => stdout),
      ['hello world\n', 'hello world\n'],
    );
    assert.deepEqual(
      calls().map((call) => call.split(' ')[0]),
      ['npm', 'pnpm'],
    );
  });

  it('adds the dependencies of development when asked, and never takes them away again', async () => {
    await run(['hello.ts']);
    await run(['--dev', 'hello.ts']);
    await run(['hello.ts']);
    writeFileSync(join(clone, 'pnpm-lock.yaml'), '{"changed": true}');
    await run(['hello.ts']);
    assert.deepEqual(
      calls()
        .slice(1)
        .map((call) => call.includes('--prod')),
      [true, false, false],
    );
  });

  it('takes over from a set-up that was killed', async () => {
    const killed = spawn(process.execPath, [join(clone, 'bootstrap/run.mjs'), 'hello.ts'], {
      env: env(),
      stdio: 'ignore',
    });
    while (!existsSync(join(clone, '.local/bootstrap.lock/owner.json'))) await delay(10);
    killed.kill('SIGKILL');
    await once(killed, 'exit');
    const { stdout, code } = await run(['hello.ts']);
    assert.deepEqual([stdout, code], ['hello world\n', 0]);
  });

  it('names what failed, why, and the log, without a stack trace', async () => {
    const { stderr, code } = await run(['hello.ts'], { NPM_FAILS: 'yes' });
    assert.equal(code, 1);
    assert.match(stderr, /bringing Node .* failed \(1\)\. The package registry cannot be reached/);
    assert.match(stderr, /\.local\/logs\/bootstrap\.log/);
    assert.doesNotMatch(stderr, /\n {4}at /);
  });

  it('hands the exit code and SIGTERM through', async () => {
    writeFileSync(
      join(clone, 'wait.ts'),
      "process.on('SIGTERM', () => process.exit(9));\nsetInterval(() => {}, 1000);\nconsole.log('up');\n",
    );
    await run(['hello.ts']);
    const child = spawn(process.execPath, [join(clone, 'bootstrap/run.mjs'), 'wait.ts'], {
      env: env(),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    child.kill('SIGTERM');
    assert.deepEqual(await once(child, 'exit'), [9, null]);
  });
});

function env(extra = {}) {
  return {
    ...process.env,
    PATH: `${join(clone, 'fake')}:${process.env.PATH}`,
    CALLS: join(clone, 'calls'),
    ...extra,
  };
}

async function run(args, extra = {}) {
  const child = spawn(process.execPath, [join(clone, 'bootstrap/run.mjs'), ...args], { env: env(extra) });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (text) => (stdout += text));
  child.stderr.on('data', (text) => (stderr += text));
  const [code] = await once(child, 'close');
  return { code, stdout, stderr };
}

function calls() {
  return readFileSync(join(clone, 'calls'), 'utf8').trim().split('\n');
}
