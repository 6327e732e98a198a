/** Names of members whose values never reach a log, in lower case and without `-` and `_`. */
const secretNames = new Set([
  'accesstoken',
  'apikey',
  'assertion',
  'authorization',
  'clientassertion',
  'clientsecret',
  'cookie',
  'dpop',
  'gatewaypermit',
  'idtoken',
  'kek',
  'key',
  'meshtoken',
  'password',
  'permit',
  'privatekey',
  'refreshtoken',
  'secret',
  'setcookie',
  'token',
]);

/** How deep a logged value is shown. */
const levelsMax = 6;

/**
 * The value without secrets: members with the name of a secret, at any depth, are censored, and what is nested deeper than
 * six levels is left out. Values without secrets come back as they are, not copied.
 */
export function redact(value: unknown, levels = levelsMax): unknown {
  if (!isPlain(value)) return value;
  if (levels === 0) return '[too deep]';
  let redacted: Record<string, unknown> | undefined;
  for (const [name, member] of Object.entries(value)) {
    const shown = isSecret(name) ? '[redacted]' : redact(member, levels - 1);
    if (shown === member) continue;
    redacted ??= { ...value };
    redacted[name] = shown;
  }
  if (redacted === undefined) return value;
  return Array.isArray(value) ? Object.values(redacted) : redacted;
}

function isSecret(name: string): boolean {
  return secretNames.has(name) || secretNames.has(name.toLowerCase().replaceAll(/[-_]/g, ''));
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null || Array.isArray(value);
}
