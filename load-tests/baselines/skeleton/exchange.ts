/**
 * One express exchange of the bare skeleton: `proxy` asks `policy`, then `adapter`; `policy` asks Redis once; `adapter` asks the simulated
 * provider. No token, no check, no policy, no record: what is left is the price of the hops.
 *
 * `node exchange.ts <proxy|policy|adapter> <port>`, with the addresses of the others in the environment.
 */
import { createClient } from '@redis/client';
import express, { type RequestHandler } from 'express';
import { Pool } from 'undici';

const [role = '', port = '0'] = process.argv.slice(2);
const { POLICY_URL = '', ADAPTER_URL = '', PROVIDER_URL = '', REDIS_URL = '' } = process.env;

/** As many connections as calls can be under way. */
const connections = 128;
const poolOf = (url: string) => new Pool(url, { connections });

const asAnybody = { authorization: 'Bearer any' };

async function post(pool: Pool, path: string, body: unknown, headers = {}): Promise<unknown> {
  const answer = await pool.request({
    method: 'POST',
    path,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  return answer.body.json();
}

function proxy(): RequestHandler {
  const [policy, adapter] = [poolOf(POLICY_URL), poolOf(ADAPTER_URL)];
  return async ({ path, body }, response) => {
    await post(policy, '/decide', { path });
    response.json({ data: await post(adapter, path, body) });
  };
}

async function policy(): Promise<RequestHandler> {
  const redis = createClient({ url: REDIS_URL });
  await redis.connect();
  return async (_request, response) => {
    response.json({ decision: true, calls: await redis.incr('skeleton:calls') });
  };
}

function adapter(): RequestHandler {
  const provider = poolOf(PROVIDER_URL);
  return async ({ path, body }, response) => {
    if (path === '/openai/chat') {
      response.json(await post(provider, '/v1/chat/completions', body, asAnybody));
      return;
    }
    const query = new URLSearchParams({ ...body, engine: 'google', api_key: 'any' });
    const answer = await provider.request({ method: 'GET', path: `/search.json?${query}` });
    response.json(await answer.body.json());
  };
}

const roles: Readonly<Record<string, () => RequestHandler | Promise<RequestHandler>>> = {
  proxy,
  policy,
  adapter,
};
const make = roles[role];
if (make === undefined) throw new Error(`there is no role ${role}`);
const app = express()
  .disable('x-powered-by')
  .disable('etag')
  .use(express.json())
  .use(await make());
app.listen(Number(port), '127.0.0.1');
