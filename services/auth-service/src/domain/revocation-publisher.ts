/** Makes what was revoked known to everybody who takes tokens. */
export interface RevocationPublisher {
  /**
   * Resolves when every revocation that is stored of a subject is known: from then on its readers refuse, each within a
   * second. Nothing happens where all of them are known already, so that it can be repeated.
   *
   * @param subject `jti` of a token, or `sub` of a client
   * @throws ProblemError `service.unavailable` while that cannot be done; it will be, without being asked again
   */
  publish(subject: string): Promise<void>;
}
