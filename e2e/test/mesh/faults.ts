import { type Fault, type FaultList, faultListSchema } from '@4runr/contracts/fault';
import { askAsOperator } from './gateway.ts';

/** Sets a fault as an operator does. @throws Error when it is refused */
export async function setFault(tool: string, fault: Fault): Promise<void> {
  const answer = await askAsOperator(`/v1/faults/${tool}`, 'PUT', fault);
  if (answer.status !== 200 && answer.status !== 201) throw new Error(`no fault was set: ${answer.text}`);
}

/** Takes back every fault, so that other tests find providers that work. */
export async function clearFaults(): Promise<void> {
  const { items } = await listFaults();
  for (const { tool } of items) await askAsOperator(`/v1/faults/${tool}`, 'DELETE');
}

export async function listFaults(): Promise<FaultList> {
  return faultListSchema.parse((await askAsOperator('/v1/faults', 'GET')).json);
}
