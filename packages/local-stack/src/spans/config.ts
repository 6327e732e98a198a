import { type ConfigOf, loadConfig, port, setting, text } from '@4runr/service-kit/config';

const settings = {
  port: setting('PORT', port(), {
    default: '4318',
    about: 'TCP port of the OTLP/HTTP listener on 127.0.0.1',
  }),
  folder: setting('SPANS_FOLDER', text(), { about: 'folder that spans are kept in' }),
};

export type ReceiverConfig = ConfigOf<typeof settings>;

export const readConfig = (): ReceiverConfig => loadConfig(settings, process.env);
