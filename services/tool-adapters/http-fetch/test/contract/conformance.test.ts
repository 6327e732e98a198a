import { testConformance } from '@4runr/adapter-kit/testing';
import { httpFetchAdapter } from '../../src/adapter.ts';

const misfits = [
  {},
  { url: '' },
  { url: 1 },
  { url: ['https://example.com/'] },
  { url: 'https://example.com/', headers: { cookie: 'a=b' } },
  { url: 'https://example.com/', accept: 'text/html\r\nhost: evil.test' },
  { url: 'https://example.com/', method: 'POST' },
];

testConformance({
  adapter: httpFetchAdapter,
  environment: (providerUrl) => ({ HTTP_FETCH_ALLOW_HOSTS: new URL(providerUrl).host }),
  params: (providerUrl) => ({ get: { url: providerUrl }, head: { url: providerUrl } }),
  misfits: { get: misfits, head: misfits },
});
