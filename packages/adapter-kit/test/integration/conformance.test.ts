import { testConformance } from '../../src/testing/conformance.ts';
import { echoAdapter } from '../../src/testing/echo-adapter.ts';

const params = { word: 'hello' };
const misfits = [{}, { word: 1 }, { word: 'x'.repeat(21) }, { word: 'hello', other: true }];

testConformance({
  adapter: echoAdapter,
  environment: (providerUrl) => ({ ECHO_BASE_URL: providerUrl }),
  params: () => ({ say: params, post: params }),
  misfits: { say: misfits, post: misfits },
});
