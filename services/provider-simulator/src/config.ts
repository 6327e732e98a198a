import {
  baseSettings,
  type ConfigOf,
  type Environment,
  forwardedBodyBytesMax,
  loadConfig,
  port,
  setting,
  text,
} from '@4runr/service-kit/config';

export const settings = {
  ...baseSettings(4020, { bodyBytesMax: forwardedBodyBytesMax }),
  tlsPort: setting('TLS_PORT', port(), { default: '4021', about: 'TCP port of the HTTPS listener' }),
  tlsCertFile: setting('TLS_CERT_FILE', text(), {
    default: '',
    about: 'PEM file of the certificate chain; empty starts no HTTPS listener',
  }),
  tlsKeyFile: setting('TLS_KEY_FILE', text(), {
    default: '',
    about: 'PEM file of the private key of the certificate',
  }),
};

export type SimulatorConfig = ConfigOf<typeof settings>;

export const readConfig = (environment: Environment = process.env): SimulatorConfig =>
  loadConfig(settings, environment);
