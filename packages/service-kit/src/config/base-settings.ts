import { type MeshKey, meshKeySchema } from '@4runr/contracts/mesh';
import * as z from 'zod';
import { decimal, integer, json, port, text } from './readers.ts';
import { type ConfigOf, type Setting, setting } from './setting.ts';

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/** Largest body that comes from outside, in bytes. */
const edgeBodyBytesMax = 1_048_576;

/**
 * Default of `BODY_BYTES_MAX` for services that are handed the parameters of a call: written anew by the proxy these can be
 * longer than they came (an escape takes six bytes for one), and what the proxy has taken nobody behind it may refuse.
 */
export const forwardedBodyBytesMax = 8 * edgeBodyBytesMax;

/** The settings that every service has; each service's `config.ts` spreads them and gives its own default port. */
export function baseSettings(
  defaultPort: number,
  { bodyBytesMax = edgeBodyBytesMax }: { bodyBytesMax?: number } = {},
) {
  return {
    port: setting('PORT', port(), { default: String(defaultPort), about: 'TCP port of the HTTP listener' }),
    host: setting('HOST', text(), { default: '127.0.0.1', about: 'address that the listener binds to' }),
    environment: setting('NODE_ENV', z.enum(['production', 'development', 'test']), {
      default: 'development',
      about: '`production` refuses development defaults',
    }) as Setting<'production' | 'development' | 'test'>,
    logLevel: setting('LOG_LEVEL', z.enum(logLevels), {
      default: 'info',
      about: `least level that is logged: ${logLevels.join(', ')}`,
    }) as Setting<LogLevel>,
    otlpEndpoint: setting('OTEL_EXPORTER_OTLP_ENDPOINT', text(), {
      default: '',
      about: 'base URL of the OTLP/HTTP receiver of spans; empty exports nothing',
    }),
    traceRatio: setting('OTEL_TRACES_SAMPLER_ARG', decimal(0, 1), {
      default: '1',
      about: 'share of the traces begun here that is sampled',
    }),
    tracesSlowMs: setting('TRACES_SLOW_MS', integer(1, 3_600_000), {
      default: '1000',
      about:
        'the first span of a trace begun here is exported whatever the share when it failed or took as long, in milliseconds',
    }),
    shutdownGraceMs: setting('SHUTDOWN_GRACE_MS', integer(0, 600_000), {
      default: '10000',
      about: 'longest wait for calls in flight when stopping, in milliseconds',
    }),
    bodyBytesMax: setting('BODY_BYTES_MAX', integer(1, 104_857_600), {
      default: String(bodyBytesMax),
      about: 'largest request body, in bytes',
    }),
    meshKeys: setting(
      'MESH_KEYS',
      json(z.array(meshKeySchema).refine(haveOwnIds, 'has two keys of one pair with the same kid')),
      {
        default: '[]',
        secret: true,
        requiredInProduction: true,
        about: 'the pairwise mesh keys of this service: JSON array of `{caller, audience, kid, key}`',
      },
    ),
  };
}

/** Of two keys with one id the second would silently take the place of the first. */
function haveOwnIds(keys: readonly MeshKey[]): boolean {
  return (
    new Set(keys.map(({ caller, audience, kid }) => `${caller} ${audience} ${kid}`)).size === keys.length
  );
}

export type BaseConfig = ConfigOf<ReturnType<typeof baseSettings>>;
