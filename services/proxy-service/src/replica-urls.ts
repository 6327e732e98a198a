import { nameSchema } from '@4runr/contracts/manifest';
import { url } from '@4runr/service-kit/config';
import * as z from 'zod';

const baseUrl = url('http', 'https');

/** Base URLs of the replicas of one service, separated by `|`. */
export function replicaUrls(): z.ZodType<readonly string[], string> {
  return z
    .string()
    .transform((value) => value.split('|'))
    .pipe(z.array(baseUrl).min(1));
}

/** `tool=url|url,tool=url` as a map from tool to the URLs of its adapter's replicas. A tool stands there once. */
export function adapterUrls(): z.ZodType<ReadonlyMap<string, readonly string[]>, string> {
  return z
    .string()
    .transform((value) => value.split(',').filter((item) => item.trim() !== ''))
    .pipe(z.array(toolUrls()))
    .refine((entries) => new Set(entries.map(([tool]) => tool)).size === entries.length, {
      error: 'names a tool twice',
    })
    .transform((entries) => new Map(entries));
}

function toolUrls(): z.ZodType<[tool: string, urls: readonly string[]], string> {
  return z
    .string()
    .regex(/^[^=]+=.+$/, 'is not of the form tool=url,tool=url')
    .transform((value): [string, string] => {
      const at = value.indexOf('=');
      return [value.slice(0, at), value.slice(at + 1)];
    })
    .pipe(z.tuple([nameSchema, replicaUrls()]));
}
