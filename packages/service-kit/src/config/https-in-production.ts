/** `unfitForProduction` of a URL by which clients reach the gateway: over plain HTTP whoever listens has their tokens. */
export function httpsInProduction(url: string): string | undefined {
  return /^http:/i.test(url)
    ? 'must be an https URL in production: tokens and secrets travel by it'
    : undefined;
}
