import type { PlannedCall } from './planned-call.ts';

/**
 * `allowed`: 200 with what that tool answers. `denied`: a probe that was refused with its code. `failed`: a failure that
 * section 8 of the design names, with its status. `broken`: anything else.
 */
export type Verdict = 'allowed' | 'denied' | 'failed' | 'broken';

export interface Answer {
  /** 0 where there was none. */
  readonly status: number;
  readonly body: string | null;
  readonly correlationId: string | undefined;
  /** Why there was no answer. */
  readonly error: string;
}

export interface Judgement {
  readonly verdict: Verdict;
  /** `200`, the code of a problem, or in words what was wrong. */
  readonly outcome: string;
  /** What `meta` of an allowed call says. */
  readonly cache: string;
  readonly attempts: string;
}

/** Statuses by the code that they come with. */
export type ProblemStatuses = Readonly<Record<string, number>>;

/** Holds an answer to what the call must be answered. */
export function judgeAnswer(call: PlannedCall, answer: Answer, statuses: ProblemStatuses): Judgement {
  if (answer.status === 0) return broken(`no answer: ${answer.error}`);
  if (!/^[0-9a-f]{32}$/.test(answer.correlationId ?? '')) return broken('no correlation id');
  const document = parse(answer.body);
  if (answer.status !== 200) return judgeRefusal(call, answer.status, document, statuses);
  if (call.refusedAs !== undefined) return broken('a probe was allowed');
  return judgeResult(call.call, document);
}

interface Document {
  readonly code?: unknown;
  readonly data?: unknown;
  readonly meta?: { readonly cache?: unknown; readonly attempts?: unknown };
}

function parse(body: string | null): Document {
  try {
    return (JSON.parse(body ?? '') as Document | null) ?? {};
  } catch {
    return {};
  }
}

function judgeRefusal(
  { refusedAs }: PlannedCall,
  status: number,
  { code }: Document,
  statuses: ProblemStatuses,
): Judgement {
  if (typeof code !== 'string' || statuses[code] !== status) return broken(`${status} without its code`);
  const verdict = refusedAs === code ? 'denied' : 'failed';
  return { verdict, outcome: code, cache: '', attempts: '' };
}

function judgeResult(call: string, { data, meta }: Document): Judgement {
  const isPlausible = plausible[call]?.((data ?? {}) as Result) ?? false;
  if (!isPlausible || typeof meta?.cache !== 'string' || typeof meta.attempts !== 'number')
    return broken('200 with something else');
  return { verdict: 'allowed', outcome: '200', cache: meta.cache, attempts: String(meta.attempts) };
}

const broken = (outcome: string): Judgement => ({ verdict: 'broken', outcome, cache: '', attempts: '' });

type Result = Readonly<Record<string, unknown>>;

/** Whether a result is one of that tool. */
const plausible: Readonly<Record<string, (result: Result) => boolean>> = {
  'serpapi/search': ({ organic_results }) => isFilled(organic_results),
  'http_fetch/get': ({ status, content }) => status === 200 && typeof content === 'string' && content !== '',
  'openai/chat': ({ choices, usage }) => isFilled(choices) && typeof usage === 'object' && usage !== null,
  'gmail_send/send': ({ id }) => typeof id === 'string' && id !== '',
};

const isFilled = (value: unknown): boolean => Array.isArray(value) && value.length > 0;
