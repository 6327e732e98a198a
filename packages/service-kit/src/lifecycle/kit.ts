import type { ServiceName } from '@4runr/contracts/mesh';
import type { BaseConfig } from '../config/index.ts';
import { createMeshKeyring, type MeshKeyring } from '../mesh/index.ts';
import {
  createLogger,
  createMetrics,
  createSecurityEvents,
  createTracing,
  type Logger,
  type Metrics,
  type ReportSecurityEvent,
  type Tracing,
} from '../telemetry/index.ts';
import { within } from './within.ts';

/** What every service is handed to build itself from. */
export interface Kit<C extends BaseConfig = BaseConfig> {
  readonly name: ServiceName;
  readonly config: C;
  readonly logger: Logger;
  readonly tracing: Tracing;
  readonly metrics: Metrics;
  readonly reportSecurityEvent: ReportSecurityEvent;
  readonly keyring: MeshKeyring;
  /** Whether a stop has begun: calls in flight end, new ones should go elsewhere. */
  isDraining(): boolean;
  /** Registers work beside calls that is to be brought to an end when a stop begins; it has as long as calls in flight. */
  onDrain(name: string, finish: () => Promise<unknown> | unknown): void;
  /** Registers what must be closed when the service stops, after its last call; the last registered is closed first. */
  onClose(name: string, close: () => Promise<unknown> | unknown): void;
}

/** Version of the gateway; every service and package carries the same. */
const version = '0.1.0';

interface Closer {
  readonly name: string;
  close(): Promise<unknown> | unknown;
}

interface Finisher {
  readonly name: string;
  finish(): Promise<unknown> | unknown;
}

/** A kit together with the two levers that only the lifecycle pulls. */
export interface OwnedKit<C extends BaseConfig> {
  readonly kit: Kit<C>;
  /** Settles when the work beside calls has ended, or after the grace. */
  startDraining(graceMs: number): Promise<void>;
  closeAll(): Promise<void>;
}

/** For `startService`, and for commands that need the parts of a service without serving. */
export function createKit<C extends BaseConfig>(name: ServiceName, config: C): OwnedKit<C> {
  const logger = createLogger({ service: name, level: config.logLevel });
  const metrics = createMetrics({ service: name, version });
  const tracing = createTracing({
    service: name,
    version,
    otlpEndpoint: config.otlpEndpoint,
    ratio: config.traceRatio,
    slowMs: config.tracesSlowMs,
  });
  const closers: Closer[] = [{ name: 'tracing', close: () => tracing.close() }];
  const finishers: Finisher[] = [];
  let draining = false;
  const kit: Kit<C> = {
    name,
    config,
    logger,
    tracing,
    metrics,
    reportSecurityEvent: createSecurityEvents(logger, metrics),
    keyring: createMeshKeyring(name, config.meshKeys),
    isDraining: () => draining,
    onDrain: (finisherName, finish) => finishers.push({ name: finisherName, finish }),
    onClose: (closerName, close) => closers.push({ name: closerName, close }),
  };
  return {
    kit,
    startDraining: async (graceMs) => {
      draining = true;
      await Promise.all(finishers.map((finisher) => finishWithin(graceMs, finisher, logger)));
    },
    closeAll: () => closeInReverse(closers, logger),
  };
}

async function finishWithin(graceMs: number, { name, finish }: Finisher, logger: Logger): Promise<void> {
  try {
    await within(graceMs, async () => finish());
  } catch (error) {
    logger.warn({ err: error, part: name }, 'work was broken off');
  }
}

/** Longest wait for one part to close, in milliseconds: a part that hangs must not keep a process alive. */
const closeTimeoutMs = 2_000;

async function closeInReverse(closers: readonly Closer[], logger: Logger): Promise<void> {
  for (const { name, close } of closers.toReversed()) {
    try {
      await within(closeTimeoutMs, async () => close());
    } catch (error) {
      logger.warn({ err: error, part: name }, 'a part did not close cleanly');
    }
  }
}
