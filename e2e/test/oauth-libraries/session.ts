import type { RegisteredAgent } from '../mesh/agents.ts';

export interface GrantedToken {
  readonly accessToken: string;
  readonly tokenType: string;
  readonly expiresIn: number | undefined;
  readonly scope: string | undefined;
}

/** What a client does with the gateway, by a library that knows the specifications and nothing of us. */
export interface OAuthSession {
  /** Client credentials grant; bound to the session's DPoP key when `isBound`. */
  grant(parameters: Readonly<Record<string, string>>, options?: { isBound: boolean }): Promise<GrantedToken>;
  /** Token exchange (RFC 8693). */
  exchange(
    parameters: Readonly<Record<string, string>>,
    options?: { isBound: boolean },
  ): Promise<GrantedToken>;
  revoke(token: string): Promise<void>;
  introspect(token: string): Promise<Readonly<Record<string, unknown>>>;
  /** A request with a token, with a DPoP proof when it is bound. */
  post(url: URL, body: object, token: GrantedToken): Promise<Response>;
}

export interface OAuthLibrary {
  readonly name: string;
  /** Discovers the gateway by its issuer. */
  connect(issuer: URL, client: RegisteredAgent): Promise<OAuthSession>;
}

export const tokenExchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange';

export const jsonHeaders = (): Headers => new Headers({ 'content-type': 'application/json' });
