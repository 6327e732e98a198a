import { readFileSync } from 'node:fs';

/** What an edge's certificate is to be. */
export interface EdgeTrust {
  /** Certificates (PEM) to trust instead of the public authorities'. */
  readonly caFile?: string | undefined;
  /** What it is for, where that is not the host by which the edge is reached. */
  readonly serverName?: string | undefined;
}

/** As undici takes it for its connections. */
export function trustIn({ caFile, serverName }: EdgeTrust): { ca?: string; servername?: string } {
  return {
    ...(caFile === undefined ? {} : { ca: readFileSync(caFile, 'utf8') }),
    ...(serverName === undefined ? {} : { servername: serverName }),
  };
}
