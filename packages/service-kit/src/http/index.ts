export { invalidToken, readBearerToken } from './bearer-token.ts';
export { createHttpServer, drain, type HttpServerOptions, listen, type TlsIdentity } from './http-server.ts';
export { type JsonBodyOptions, jsonBody } from './json-body.ts';
export { failingChecks, operationalRoutes, type ReadinessCheck } from './operational-routes.ts';
export { invalidParams, parseBody, toJsonPointer } from './parse-body.ts';
export { renderProblems, routeUnknown, sendProblem } from './render-problem.ts';
export { createRouter, type Method, type Route } from './route-table.ts';
export { createServiceApp, type ServiceAppOptions } from './service-app.ts';
export { traceExchange, traceIdOf } from './trace-exchange.ts';
