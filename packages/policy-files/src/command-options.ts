import { parseArgs } from 'node:util';

export interface CommandOptions {
  readonly help: boolean;
  readonly folder: string;
  /** Whether anything is changed. */
  readonly apply: boolean;
  /** Whether what is in no file is deleted. */
  readonly prune: boolean;
  /** Undefined where the running local stack is meant. */
  readonly gateway:
    | { readonly url: string; readonly token: string | undefined; readonly caFile: string | undefined }
    | undefined;
}

export const usage = `npm run policies -- apply <folder> [options]

  Compares the policies in the folder's YAML files with those of a gateway, and shows what differs.

  --yes            make the gateway's policies what the files say; without it nothing is changed
  --prune          delete what is in no file too; without it that stays
  --url <url>      the gateway's edge; without it the local stack, as its operator
  --token <token>  access token of an operator, for --url; better in OPERATOR_TOKEN, where no list of processes shows it
  --ca <file>      certificates to trust instead of the public ones, for --url
  --help           show this
`;

/** The command line cannot be understood. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** @throws UsageError naming what is wrong */
export function parseCommand(args: readonly string[]): CommandOptions {
  const { values, positionals } = parse(args);
  const [verb, folder, ...rest] = positionals;
  const isWhole = verb === 'apply' && folder !== undefined && rest.length === 0;
  if (!values.help && !isWhole) throw new UsageError('A verb and a folder are needed: apply <folder>');
  const { url, token, ca: caFile } = values;
  if (url === undefined && (token ?? caFile) !== undefined) {
    throw new UsageError('--token and --ca belong to --url');
  }
  return {
    help: values.help,
    folder: folder ?? '',
    apply: values.yes,
    prune: values.prune,
    gateway: url === undefined ? undefined : { url: parseUrl(url), token, caFile },
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        yes: { type: 'boolean', default: false },
        prune: { type: 'boolean', default: false },
        url: { type: 'string' },
        token: { type: 'string' },
        ca: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function parseUrl(text: string): string {
  const url = URL.parse(text);
  if (url?.protocol === 'https:' || url?.protocol === 'http:') return text;
  throw new UsageError(`${text} is no URL of a gateway`);
}
