import { applySteps } from './apply-plan.ts';
import { type CommandOptions, parseCommand, UsageError, usage } from './command-options.ts';
import { readOperatorToken } from './config.ts';
import { connectToGateway, type GatewayAccess, GatewayError } from './gateway-policies.ts';
import { planPolicies } from './policy-plan.ts';
import { InvalidPolicyFilesError, readPolicyFolder } from './read-policy-folder.ts';
import { renderPlan } from './render-plan.ts';

const print = (text: string) => void process.stdout.write(`${text}\n`);

/** `npm run policies -- apply <folder>` */
async function run(options: CommandOptions): Promise<void> {
  const wanted = readPolicyFolder(options.folder).map(({ policy }) => policy);
  const gateway = connectToGateway(await findGateway(options));
  try {
    const plan = planPolicies(wanted, await gateway.list());
    process.stdout.write(renderPlan(plan, options));
    const steps = plan.steps.filter(({ kind }) => kind !== 'delete' || options.prune);
    if (steps.length === 0) return print('Nothing is to be changed.');
    if (!options.apply) return print('Nothing was changed. --yes does it.');
    await applySteps(gateway, steps, ({ kind, name }) => print(`done: ${kind} ${name}`));
  } finally {
    await gateway.close();
  }
}

async function findGateway({ gateway }: CommandOptions): Promise<GatewayAccess> {
  if (gateway === undefined) {
    // Loaded only for this: elsewhere there may be no local stack at all.
    const { findLocalGateway } = await import('./local-gateway.ts');
    return findLocalGateway();
  }
  const token = gateway.token ?? readOperatorToken();
  if (token === undefined) throw new UsageError('--url needs --token, or OPERATOR_TOKEN in the environment');
  return { ...gateway, token };
}

/** What a person can do something about is told without a stack trace. */
function explain(error: unknown): string {
  if (error instanceof UsageError) return `${error.message}\n\n${usage}`;
  if (error instanceof GatewayError || error instanceof InvalidPolicyFilesError) return error.message;
  return String((error as Error).stack ?? error);
}

try {
  const options = parseCommand(process.argv.slice(2));
  if (options.help) process.stdout.write(usage);
  else await run(options);
} catch (error) {
  process.stderr.write(`${explain(error)}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
