import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { InvalidPolicyFilesError, readPolicyFolder } from './read-policy-folder.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'policy-files-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (file: string, text: string) => writeFileSync(join(folder, file), text);
const documentOf = (name: string) => `name: ${name}\nsubjects: { roles: [${name}] }\n`;

describe('a folder of policies', () => {
  it('is read by name, several in one file included', () => {
    write('b.yaml', documentOf('second'));
    write('a.yml', `${documentOf('third')}---\n${documentOf('first')}`);
    assert.deepEqual(
      readPolicyFolder(folder).map(({ file, policy }) => [file, policy.name]),
      [
        ['a.yml', 'first'],
        ['b.yaml', 'second'],
        ['a.yml', 'third'],
      ],
    );
  });

  it('may hold comments, empty documents, other files and folders', () => {
    write('a.yaml', `# nothing but this\n---\n${documentOf('only')}---\n`);
    write('README.md', '# not: [yaml');
    write('kustomization.yaml', 'kind: Kustomization');
    mkdirSync(join(folder, 'old.yaml'));
    assert.deepEqual(
      readPolicyFolder(folder).map(({ policy }) => policy),
      [{ name: 'only', subjects: { roles: ['only'] } }],
    );
  });

  it('without policies is refused: it is hardly the one that was meant', () => {
    write('kustomization.yaml', 'kind: Kustomization');
    write('comments.yaml', '# nothing but this');
    assert.throws(() => readPolicyFolder(folder), {
      name: 'InvalidPolicyFilesError',
      message: `${folder}: no policy is in it (*.yaml, *.yml)`,
    });
  });

  it('that is not there, or is no folder, is named in a sentence', () => {
    write('a.yaml', documentOf('a'));
    const places = { 'not-there': 'there is no such file or folder', 'a.yaml': 'it is no folder' };
    for (const [name, why] of Object.entries(places)) {
      const message = `The folder of policies cannot be read: ${join(folder, name)}: ${why}`;
      assert.throws(() => readPolicyFolder(join(folder, name)), { name: 'InvalidPolicyFilesError', message });
    }
  });

  it('with files that cannot be read names each, and why', () => {
    symlinkSync(folder, join(folder, 'a.yaml'));
    symlinkSync('nowhere', join(folder, 'b.yaml'));
    writeFileSync(join(folder, 'c.yaml'), Buffer.from([0xff, 0xfe, 0x00]));
    const lines = [
      /^a\.yaml: cannot be read: .*it is a folder/m,
      /^b\.yaml: cannot be read: .*there is no such file/m,
      /^c\.yaml: cannot be read: it is no text in UTF-8$/m,
    ];
    assert.throws(
      () => readPolicyFolder(folder),
      ({ message }: Error) => lines.every((line) => line.test(message)),
    );
  });

  it('takes anchors, within reason', () => {
    write('a.yaml', 'name: a\nsubjects: { roles: &r [a] }\nallow: []\nintents: *r\n');
    assert.deepEqual(readPolicyFolder(folder)[0]?.policy.intents, ['a']);
    const bomb = Array.from({ length: 9 }, (_, level) => {
      const before = level === 0 ? 'x' : `*l${level - 1}`;
      return `l${level}: &l${level} [${Array(9).fill(before).join(', ')}]`;
    });
    write('b.yaml', `${bomb.join('\n')}\n`);
    assert.throws(() => readPolicyFolder(folder), InvalidPolicyFilesError);
  });

  const faults: Record<string, [text: string, fault: RegExp]> = {
    'what is no YAML': ['name: [', /^a\.yaml: is no YAML: /],
    'a member that is there twice': [
      `${documentOf('a')}name: b\n`,
      /^a\.yaml: is no YAML: Map keys must be unique/,
    ],
    'what is no policy': ['just text', /^a\.yaml: is no policy, but a single value$/],
    'a fault in a list': [`${documentOf('a')}allow: [x]\n`, /^a\.yaml: \/allow\/0: /],
    'an unknown member': [`${documentOf('a')}extra: 1\n`, /^a\.yaml: .*extra/],
    'a condition that is none': [`${documentOf('a')}guards: { when: "(" }\n`, /^a\.yaml: \/guards\/when: /],
    'the same name twice': [
      `${documentOf('a')}---\n${documentOf('a')}`,
      /^a stands in a\.yaml and in a\.yaml/,
    ],
  };
  for (const [name, [text, fault]] of Object.entries(faults)) {
    it(`is refused for ${name}, and says where it is`, () => {
      write('a.yaml', text);
      assert.throws(
        () => readPolicyFolder(folder),
        (error) => error instanceof InvalidPolicyFilesError && fault.test(error.message),
      );
    });
  }

  it('names the faults of all files at once', () => {
    write('a.yaml', 'name: [');
    write('b.yaml', 'name: 7');
    assert.throws(() => readPolicyFolder(folder), /a\.yaml: .*\nb\.yaml: /s);
  });
});
