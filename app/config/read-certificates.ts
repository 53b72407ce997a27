import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { toMessage, XunjieError } from '../../domain/mod.ts';

/** All certificates of a PEM file. Rejects with `bad_config` naming it. */
export async function readCertificates(file: string): Promise<X509Certificate[]> {
  try {
    const blocks = (await readFile(file, 'utf8')).match(
      /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g,
    );
    if (blocks === null) throw new Error('there is no certificate in it');
    return blocks.map((block) => new X509Certificate(block));
  } catch (error) {
    throw new XunjieError('bad_config', `certificates of ${file}: ${toMessage(error)}`, { cause: error });
  }
}
