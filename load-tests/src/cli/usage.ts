import { scenarios, secondsOf } from '../scenarios/index.ts';

const rows = Object.values(scenarios).map(
  (scenario) => `    ${scenario.name.padEnd(10)} ${minutes(secondsOf(scenario))}  ${scenario.about}`,
);

function minutes(seconds: number): string {
  return `${(seconds / 60).toFixed(1).padStart(5)} min`;
}

export const usage = `npm run load -- <scenario> [options]

  Makes the calls of a scenario against a fresh stack of this machine and writes a report of it to load-tests/reports/.

${rows.join('\n')}

  --time-scale n   phases n times as long, at the same rates: 0.02 is a look at whether all is well. Default: 1
  --seed n         which calls are made. Default: 1
  --scale name=n   replicas of a service of the fresh stack; may be given for several services
  --url u          loads the mesh at this URL in place of a fresh one: of npm start, or of any other with
                   --operator <client id> --operator-key <PEM file> --ca <PEM file> [--issuer <URL>]
  --folder f       where the report goes. Default: load-tests/reports/<time>-<scenario>

npm run load -- baselines [--rounds n] [--time-scale n]
                                           ours, a bare skeleton of the same hops and Portkey's gateway by turns
npm run load -- replicas [--tasks n] [--rounds n] [--folder f]
                                           what one, two and three replicas of each service cost a call
npm run load -- report <folder>            makes a run's report anew from what was recorded
npm run load -- compare <folder> <folder>  two runs side by side
npm run load -- metrics-delta <a> <b>      what changed between two snapshots of metrics

  FF_*, OTEL_*, LOG_LEVEL and SERVICE_NODE_OPTIONS of the environment are handed on to a fresh stack.
  Exit code: 0 when every answer was what it had to be, 1 when not.
`;

/** The command line was wrong; `message` says how. */
export class UsageError extends Error {
  constructor(message: string) {
    super(`${message}\n\n${usage}`);
  }
}
