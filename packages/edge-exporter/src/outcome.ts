/** Who made an answer: a service behind the edge, or nginx itself. */
export type Origin = 'edge' | 'service';

/** One answer of the edge. */
export interface Outcome {
  /** HTTP status, or `other` for what is none. */
  readonly code: string;
  readonly origin: Origin;
}

/** A syslog message (RFC 3164) as nginx sends it: the edge's log format `outcome` stands at its end. */
const message = /: (\d{3}) (edge|service)$/;
const status = /^[1-5]\d\d$/;

/** Reads a datagram of the edge; undefined when it is anything else. */
export function parseOutcome(datagram: string): Outcome | undefined {
  const [, code, origin] = message.exec(datagram) ?? [];
  if (code === undefined) return undefined;
  return { code: status.test(code) ? code : 'other', origin: origin as Origin };
}
