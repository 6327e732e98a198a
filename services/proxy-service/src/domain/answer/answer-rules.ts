import {
  type AdapterObligation,
  isAdapterObligation,
  type Obligation,
  type PiiKind,
} from '@4runr/contracts/decision';
import { parseTextPattern, type TextPattern } from '@4runr/contracts/text-pattern';
import { createBoundedCache } from '../bounded-cache.ts';
import { compilePath, type PathPosition } from './path-position.ts';

/** What the proxy carries out: everything about the answer. */
export type AnswerObligation = Exclude<Obligation, AdapterObligation>;

/** Obligations on an answer, compiled. */
export interface AnswerRules {
  /** What they were compiled from. */
  readonly obligations: readonly AnswerObligation[];
  /** Before the first steps of all paths. */
  readonly positions: readonly PathPosition[];
  readonly blocking: readonly TextPattern[];
  readonly deniedPii: readonly PiiKind[];
  readonly redactedPii: readonly PiiKind[];
  /** Length of the answer as JSON, in bytes. */
  readonly bytesMax: number;
}

/** Sets of obligations that are kept compiled: there are as many as roles and scopes with different policies. */
const compiledMax = 256;

const compiled = createBoundedCache<AnswerRules>(compiledMax);

/**
 * Compiles what a decision obliges the proxy to; `undefined` where that is nothing.
 *
 * @throws {TypeError} at a type that this version does not know, and at a path or pattern that is none: what cannot be kept
 * may not be promised
 */
export function compileAnswerRules(obligations: readonly Obligation[]): AnswerRules | undefined {
  const ofAnswer = obligations.filter(
    (obligation): obligation is AnswerObligation => !isAdapterObligation(obligation),
  );
  if (ofAnswer.length === 0) return undefined;
  return compiled.get(JSON.stringify(ofAnswer), () => compile(ofAnswer));
}

function compile(obligations: readonly AnswerObligation[]): AnswerRules {
  const positions: PathPosition[] = [];
  const blocking: TextPattern[] = [];
  const pii = { deny: new Set<PiiKind>(), redact: new Set<PiiKind>() };
  let bytesMax = Number.POSITIVE_INFINITY;
  for (const obligation of obligations) {
    switch (obligation.type) {
      case 'redact':
        positions.push(...obligation.paths.map((path) => compilePath(path, { kind: 'redact' })));
        break;
      case 'truncate':
        for (const [path, charactersMax] of Object.entries(obligation.limits))
          positions.push(compilePath(path, { kind: 'truncate', charactersMax }));
        break;
      case 'block':
        blocking.push(...obligation.patterns.map(parseTextPattern));
        break;
      case 'pii':
        for (const kind of obligation.detect) pii[obligation.effect].add(kind);
        break;
      case 'maxResponseBytes':
        bytesMax = Math.min(bytesMax, obligation.bytes);
        break;
      default:
        throw unknownObligation(obligation);
    }
  }
  const [deniedPii, redactedPii] = [[...pii.deny], [...pii.redact]];
  return { obligations, positions, blocking, deniedPii, redactedPii, bytesMax };
}

function unknownObligation(obligation: never): TypeError {
  return new TypeError(`nobody knows how to keep the obligation ${JSON.stringify(obligation)}`);
}
