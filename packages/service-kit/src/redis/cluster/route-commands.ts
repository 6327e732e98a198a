import type { RedisClientType } from '@redis/client';
import { type KeyedCommand, keyedCommands, type Redis } from '../keyed-commands.ts';
import type { RunOnSlot } from './run-on-slot.ts';

type Command = (...args: readonly unknown[]) => Promise<unknown>;

interface Call {
  readonly name: string;
  readonly args: readonly unknown[];
}

/** The commands of Redis, each sent to the node that has its key; a transaction goes where its first command goes. */
export function routeCommands(run: RunOnSlot): Omit<Redis, 'ping'> {
  const routed = Object.entries(keyedCommands).map(([name, keyOf]): [string, Command] => [
    name,
    (...args) => run(keyOf(args), (node) => commandOf(node, name)(...args)),
  ]);
  return { ...Object.fromEntries(routed), multi: () => recordTransaction(run) } as unknown as Omit<
    Redis,
    'ping'
  >;
}

function commandOf(node: object, name: string): Command {
  return (node as Record<string, Command>)[name] as Command;
}

/** Takes down the commands of a transaction, as it is not known before the first of them where it goes. */
function recordTransaction(run: RunOnSlot): ReturnType<RedisClientType['multi']> {
  const calls: Call[] = [];
  const transaction: object = new Proxy(
    {},
    {
      get(_, name) {
        if (typeof name !== 'string' || name === 'then') return undefined;
        if (name === 'exec' || name === 'execTyped') return () => execute(run, calls);
        return (...args: readonly unknown[]) => {
          calls.push({ name, args });
          return transaction;
        };
      },
    },
  );
  return transaction as ReturnType<RedisClientType['multi']>;
}

async function execute(run: RunOnSlot, calls: readonly Call[]): Promise<unknown> {
  const [first] = calls;
  if (first === undefined) return [];
  return run(keyOfCall(first), (node) => {
    const transaction = node.multi();
    for (const { name, args } of calls) commandOf(transaction, name)(...args);
    return transaction.exec();
  });
}

/** @throws TypeError for a command of which it is not known where its key is */
function keyOfCall({ name, args }: Call): string {
  if (!(name in keyedCommands)) throw new TypeError(`${name} is not among the commands that have a key`);
  return keyedCommands[name as KeyedCommand](args);
}
