import { setDefaultCACertificates, getCACertificates } from 'node:tls';
import { generate } from 'selfsigned';

/** A certificate for 127.0.0.1 that this process trusts from now on, for senders to use. */
export async function trustedCertificate(): Promise<{ key: string; cert: string }> {
  const extensions = [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }];
  const { private: key, cert } = await generate([{ name: 'commonName', value: '127.0.0.1' }], {
    keyType: 'ec',
    extensions,
  });
  setDefaultCACertificates([...getCACertificates(), cert]);
  return { key, cert };
}
