/** `@peculiar/x509` wants the polyfill loaded before it. */
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const hourMs = 3_600_000;

/** An authority that lives as long as the test. */
export interface TestAuthority {
  /** PEM of its own certificate. */
  readonly ca: string;
  issue(hosts: readonly string[]): Promise<{ key: string; cert: string }>;
}

export async function createTestAuthority(): Promise<TestAuthority> {
  x509.cryptoProvider.set(webcrypto);
  const keys = await newKeys();
  const validity = { notBefore: new Date(Date.now() - hourMs), notAfter: new Date(Date.now() + hourMs) };
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=Test authority',
    keys,
    ...validity,
    extensions: [new x509.BasicConstraintsExtension(true, 0, true)],
  });
  return {
    ca: ca.toString('pem'),
    issue: async (hosts) => {
      const own = await newKeys();
      const certificate = await x509.X509CertificateGenerator.create({
        subject: 'CN=Test server',
        issuer: ca.subject,
        publicKey: own.publicKey,
        signingKey: keys.privateKey,
        ...validity,
        extensions: [
          new x509.SubjectAlternativeNameExtension(hosts.map((value) => ({ type: 'dns', value }))),
        ],
      });
      return { key: await toPem(own.privateKey), cert: certificate.toString('pem') };
    },
  };
}

async function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

async function toPem(key: webcrypto.CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');
}
