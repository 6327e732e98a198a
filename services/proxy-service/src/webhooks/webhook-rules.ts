import {
  canonicalHost,
  type DomainPattern,
  matchesDomain,
  parseDomainPattern,
} from '@4runr/contracts/domain-pattern';
import { ForbiddenTargetError, parseHostPort } from '@4runr/egress-guard';
import { ProblemError } from '@4runr/service-kit/errors';
import type { ReadWebhook } from '../pipeline/enqueue.ts';

export interface WebhookRulesOptions {
  /** Hosts that may be told by https at port 443: `hooks.company.com`, `*.company.com`. */
  readonly hosts: readonly string[];
  /** `host:port` that may be told also by http, at private addresses and other ports. */
  readonly privateHosts: readonly string[];
}

/** Who may be told. What an operator has not listed is not, wherever it is. */
export interface WebhookRules {
  allows(url: URL): boolean;
}

const charactersMax = 2_048;

export function createWebhookRules({ hosts, privateHosts }: WebhookRulesOptions): WebhookRules {
  const patterns: readonly DomainPattern[] = hosts.map(parseDomainPattern);
  const exact = new Set(privateHosts.map(parseHostPort).map(({ hostname, port }) => `${hostname}:${port}`));
  return {
    allows(url) {
      const port = url.port === '' ? portOf(url.protocol) : Number(url.port);
      if (exact.has(`${canonicalHost(url.hostname)}:${port}`)) return true;
      const isWeb = url.protocol === 'https:' && port === 443;
      return isWeb && patterns.some((pattern) => matchesDomain(pattern, url.hostname));
    },
  };
}

/** @param check refuses what can be seen to be forbidden without a look-up. @throws ForbiddenTargetError */
export function createWebhookReader(rules: WebhookRules, check: (url: URL) => void): ReadWebhook {
  return ([text, ...others]) => {
    if (text === undefined) return undefined;
    const url = parse(text);
    if (url === null || others.length > 0) throw notOne();
    if (!rules.allows(url)) throw forbidden(`No operator has allowed webhooks to ${url.host}.`);
    try {
      check(url);
    } catch (error) {
      if (error instanceof ForbiddenTargetError) throw forbidden(`${error.message}.`, error);
      throw error;
    }
    return url.href;
  };
}

/** Where nobody may be told. */
export const refuseWebhooks: ReadWebhook = ([text]) => {
  if (text === undefined) return undefined;
  throw forbidden('Webhooks are switched off here: no operator has allowed a host.');
};

function parse(text: string): URL | null {
  if (text.length > charactersMax || /\s/.test(text)) return null;
  const url = URL.parse(text);
  const isWebhook =
    url !== null &&
    /^https?:$/.test(url.protocol) &&
    url.username === '' &&
    url.password === '' &&
    url.hash === '';
  return isWebhook ? url : null;
}

function notOne(): ProblemError {
  return new ProblemError('request.invalid', {
    detail: `Job-Webhook is one URL of https, ${charactersMax} characters at most, without credentials and fragment.`,
  });
}

function forbidden(detail: string, cause?: Error): ProblemError {
  return new ProblemError('target.forbidden', { detail, ...(cause === undefined ? {} : { cause }) });
}

function portOf(protocol: string): number {
  return protocol === 'https:' ? 443 : 80;
}
