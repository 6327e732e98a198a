import { loadConfig, setting, url } from '../config/index.ts';

const settings = {
  postgresUrl: setting('TEST_POSTGRES_URL', url('postgres', 'postgresql'), {
    about: 'Postgres on which tests may create databases; `npm test` starts one',
  }),
  redisUrl: setting('TEST_REDIS_URL', url('redis'), { about: 'Redis for tests; `npm test` starts one' }),
};

/** Where the tests find real parts. @throws ConfigError outside `npm test` */
export const readTestConfig = () => loadConfig(settings, process.env);
