import { type Fault, type FaultList, faultSchema } from '@4runr/contracts/fault';
import { operatorOf } from '@4runr/service-kit/access-token';
import { ProblemError } from '@4runr/service-kit/errors';
import { jsonBody, parseBody, type Route } from '@4runr/service-kit/http';
import type { Logger } from '@4runr/service-kit/telemetry';
import type { Request, RequestHandler } from 'express';
import type { FaultTable } from '../domain/fault/fault-table.ts';
import type { SimulatedTool } from '../domain/fault/simulated-tool.ts';

export interface FaultRouteParts {
  readonly faults: FaultTable;
  /** Lets only operators pass that may set faults. */
  readonly operator: RequestHandler;
  readonly bodyBytesMax: number;
  readonly logger: Logger;
}

/** What operators do to the simulated providers. */
export function createFaultRoutes(parts: FaultRouteParts): readonly Route[] {
  const { faults, operator, bodyBytesMax } = parts;
  const path = '/v1/faults/:tool';
  return [
    { method: 'get', path: '/v1/faults', handlers: [operator, listFaults(faults)] },
    { method: 'get', path, handlers: [operator, getFault(faults)] },
    { method: 'put', path, handlers: [operator, jsonBody(bodyBytesMax), putFault(parts)] },
    { method: 'delete', path, handlers: [operator, deleteFault(parts)] },
  ];
}

function listFaults(faults: FaultTable): RequestHandler {
  return (_request, response) => void response.json({ items: [...faults.list()] } satisfies FaultList);
}

function getFault(faults: FaultTable): RequestHandler {
  return (request, response) => {
    const tool = toolOf(request, faults);
    const fault = faults.get(tool);
    if (fault === undefined)
      throw new ProblemError('tool.unknown', { detail: `No fault is set for ${tool}.` });
    response.json(fault satisfies Fault);
  };
}

function putFault({ faults, logger }: FaultRouteParts): RequestHandler {
  return (request, response) => {
    const tool = toolOf(request, faults);
    const fault = parseBody(faultSchema, request.body);
    const isNew = faults.set(tool, fault);
    logger.info({ operator: operatorOf(response).sub, tool, fault }, 'a fault was set');
    response.status(isNew ? 201 : 200).json(fault);
  };
}

/** Answers alike whether there was a fault or not. */
function deleteFault({ faults, logger }: FaultRouteParts): RequestHandler {
  return (request, response) => {
    const tool = toolOf(request, faults);
    faults.clear(tool);
    logger.info({ operator: operatorOf(response).sub, tool }, 'a fault was taken back');
    response.status(204).end();
  };
}

/** @throws ProblemError `tool.unknown` for a tool whose provider is not played here */
function toolOf(request: Request, faults: FaultTable): SimulatedTool {
  const { tool } = request.params;
  if (!faults.knows(tool)) throw new ProblemError('tool.unknown');
  return tool;
}
