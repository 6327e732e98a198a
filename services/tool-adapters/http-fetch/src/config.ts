import { domainPatternSchema } from '@4runr/contracts/domain-pattern';
import { createDnsResolver, isHostPort } from '@4runr/egress-guard';
import {
  baseSettings,
  type ConfigOf,
  type Environment,
  forwardedBodyBytesMax,
  integer,
  list,
  loadConfig,
  setting,
  text,
} from '@4runr/service-kit/config';

export const settings = {
  ...baseSettings(4012, { bodyBytesMax: forwardedBodyBytesMax }),
  allowHosts: setting(
    'HTTP_FETCH_ALLOW_HOSTS',
    list().refine((items) => items.every(isHostPort), 'is not a list of host:port'),
    {
      default: '',
      about: 'the operator’s exceptions to the egress guard, `host:port` separated by commas',
    },
  ),
  overrideHosts: setting(
    'HTTP_FETCH_OVERRIDE_HOSTS',
    list().refine(
      (items) => items.every((item) => domainPatternSchema.safeParse(item).success),
      'is not a list of hosts',
    ),
    {
      default: '',
      about:
        'hosts that are served by the two servers below instead, separated by commas; `*.` before a host stands for all below it',
    },
  ),
  overrideHttp: setting('HTTP_FETCH_OVERRIDE_HTTP', hostPortOrEmpty(), {
    default: '',
    about: '`host:port` that serves the overridden hosts over http; without it they are refused there',
  }),
  overrideHttps: setting('HTTP_FETCH_OVERRIDE_HTTPS', hostPortOrEmpty(), {
    default: '',
    about: '`host:port` that serves the overridden hosts over https; without it they are refused there',
  }),
  caFile: setting('HTTP_FETCH_CA_FILE', text(), {
    default: '',
    about: 'PEM file of the authority behind the overridden hosts; empty trusts the public ones',
  }),
  ports: setting('HTTP_FETCH_PORTS', list().refine(arePorts, 'is not a list of ports'), {
    default: '80,443',
    about: 'ports that may be reached, separated by commas',
  }),
  dnsServers: setting('HTTP_FETCH_DNS_SERVERS', list().refine(areNameServers, 'is not a list of addresses'), {
    default: '',
    about:
      'name servers to ask for every host, `address` or `address:port` separated by commas; empty asks those of the machine, after its `hosts` file',
  }),
  bytesMax: setting('HTTP_FETCH_BYTES_MAX', integer(1, 104_857_600), {
    default: '5242880',
    about: 'largest page, compressed or not, in bytes',
  }),
  userAgent: setting('HTTP_FETCH_USER_AGENT', text(), {
    default: '4runr-gateway/0.1',
    about: 'how requests introduce themselves to web servers',
  }),
};

export type HttpFetchConfig = ConfigOf<typeof settings>;

export const readConfig = (environment: Environment = process.env): HttpFetchConfig =>
  loadConfig(settings, environment);

function hostPortOrEmpty() {
  return text().refine((value) => value === '' || isHostPort(value), 'is not host:port');
}

function arePorts(items: readonly string[]): boolean {
  return items.length > 0 && items.every((item) => /^[1-9]\d{0,4}$/.test(item) && Number(item) < 65_536);
}

function areNameServers(servers: readonly string[]): boolean {
  try {
    createDnsResolver(servers);
    return true;
  } catch {
    return false;
  }
}
