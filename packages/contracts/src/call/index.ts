export {
  type AdapterRequest,
  type AdapterResponse,
  adapterRequestSchema,
  adapterResponseSchema,
  type CallResponse,
  callResponseSchema,
  type Params,
  paramsSchema,
  type ToolDescription,
  type ToolList,
  toolDescriptionSchema,
  toolListSchema,
  toScope,
  type Usage,
  usageSchema,
} from './call.ts';
export {
  adapterFailureExamples,
  adapterRefusalExamples,
  adapterRequestExample,
  adapterResponseExample,
  adapterServerTimingExample,
  callResponseExample,
  manifestExample,
  toolListExample,
} from './examples.ts';
export {
  type AdapterStreamEnd,
  type AdapterStreamProblem,
  adapterStreamEndSchema,
  adapterStreamEnds,
  adapterStreamProblemSchema,
} from './stream.ts';
