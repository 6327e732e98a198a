import { type ConfigOf, type Environment, loadConfig, port, setting, text } from '@4runr/service-kit/config';

export const settings = {
  port: setting('PORT', port(), { default: '4030', about: 'TCP port of `/metrics` and `/livez`' }),
  host: setting('HOST', text(), { default: '127.0.0.1', about: 'address that this listener binds to' }),
  outcomesPort: setting('OUTCOMES_PORT', port(), {
    about: 'UDP port on 127.0.0.1 to which the edge reports what it answers',
  }),
};

export type ExporterConfig = ConfigOf<typeof settings>;

/** @throws ConfigError */
export const readConfig = (environment: Environment = process.env): ExporterConfig =>
  loadConfig(settings, environment);
