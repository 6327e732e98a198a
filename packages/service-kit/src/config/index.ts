export { auditBacklogSetting } from './audit-backlog.ts';
export { type BaseConfig, baseSettings, forwardedBodyBytesMax, type LogLevel } from './base-settings.ts';
export { followSetting } from './follow-setting.ts';
export { httpsInProduction } from './https-in-production.ts';
export { ConfigError, type Environment, loadConfig, publicDefaultsIn } from './load-config.ts';
export { base64Bytes, decimal, flag, integer, json, list, port, text, url, urlList } from './readers.ts';
export { type ConfigOf, type Setting, type Settings, setting } from './setting.ts';
