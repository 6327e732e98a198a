import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type Fault, faultModes } from '@4runr/contracts/fault';
import type { EnrolledAgent } from '../measure/operator.ts';
import { type SeenMail, sendMail } from './keyed-mail.ts';
import { untilAllowed } from './quota-race.ts';
import { pick } from './seeded-random.ts';
import type { WatchedMesh } from './watched-mesh.ts';

export interface MailRunOptions {
  /** No other run of this mesh has it. */
  readonly name: string;
  readonly mails: number;
  /** Mails under way at once. */
  readonly callers: number;
  /** How often a part is killed. */
  readonly kills: number;
  /** Parts that may be killed; the more often one is named, the more often it is. */
  readonly parts: readonly string[];
  readonly random: () => number;
}

export interface MailRun {
  readonly name: string;
  readonly agent: EnrolledAgent;
  readonly seen: readonly SeenMail[];
  /** How often each part was killed. */
  readonly killed: ReadonlyMap<string, number>;
}

/** A fault lasts so long, in milliseconds. */
const faultMs = 1_000;

/** Kills at least so far apart that the mesh is up again for most of the time, in milliseconds. */
const killPauseMs = 1_500;

/** Before the token ends, which lasts 15 minutes. */
const tokenMs = 300_000;

/** Mails go out under faults of every kind, by turns and with pauses, while parts are killed; then the mesh heals. */
export async function runMails(mesh: WatchedMesh, options: MailRunOptions): Promise<MailRun> {
  const { name, mails, callers, kills, random } = options;
  const scope = 'gmail_send:send';
  await mesh.operator.storePolicy({ name, subjects: { roles: [name] }, allow: [scope], quotas: [] });
  const agent = await mesh.operator.enrol(name);
  const tokens = await renewing(agent);
  await untilAllowed(mesh, await tokens());
  const over = new AbortController();
  const seen: SeenMail[] = [];
  let begun = 0;
  const callAgain = async () => {
    while (begun < mails) {
      begun += 1;
      const mail = { subject: `${name} ${begun}`, key: randomUUID(), asksAgain: random() < 0.2 };
      seen.push(await sendMail(mesh.calls, { ...mail, token: await tokens() }));
    }
  };
  const killed = new Map<string, number>();
  const killing = async () => {
    for (let number = 1; number <= kills && !over.signal.aborted; number += 1) {
      const due = (mails * number) / (kills + 1);
      while (begun < due && !over.signal.aborted) await delay(10);
      const part = pick(random, options.parts);
      mesh.kill(part);
      killed.set(part, (killed.get(part) ?? 0) + 1);
      await delay(killPauseMs);
    }
  };
  const disturbing = [setFaults(mesh, random, over.signal), killing()];
  try {
    await Promise.all(Array.from({ length: callers }, callAgain));
  } finally {
    over.abort();
    await Promise.all(disturbing);
  }
  await mesh.untilWhole();
  await mesh.untilStored();
  return { name, agent, seen, killed };
}

async function renewing(agent: EnrolledAgent): Promise<() => Promise<string>> {
  let token = agent.token();
  let madeAt = performance.now();
  return () => {
    if (performance.now() - madeAt > tokenMs) {
      token = agent.token();
      madeAt = performance.now();
    }
    return token;
  };
}

/** What cannot be set now, since a part is being killed, is left out. */
async function setFaults(mesh: WatchedMesh, random: () => number, over: AbortSignal): Promise<void> {
  const latencyOf = (mode: Fault['mode']) => (mode === 'latency' ? { latencyMs: 500 } : {});
  while (!over.aborted) {
    const mode = pick(random, faultModes);
    const fault = { mode, rate: 0.1 + 0.4 * random(), ...latencyOf(mode) };
    await mesh.operator.setFault('gmail_send', fault).catch(() => {});
    await delay(faultMs);
  }
  await mesh.operator.setFault('gmail_send', { mode: 'error', rate: 0 });
}
