import { createHash, verify, X509Certificate } from 'node:crypto';
import { type DerElement, derTags, pick, readElements, readOnly, toDer, toDerOid } from './der.ts';

/** What a time-stamping authority has signed (RFC 3161, 2.4.2). */
export interface TimeStamp {
  readonly genTimeMs: number;
  /** SHA-256 of what was stamped, lower-case hex. */
  readonly sha256: string;
  /** As in the request; `null` where there was none. */
  readonly nonce: Buffer | null;
  /** Subject of the authority's certificate, in one line. */
  readonly authority: string;
}

const signedData = toDerOid('1.2.840.113549.1.7.2');
const tstInfo = toDerOid('1.2.840.113549.1.9.16.1.4');
const contentType = toDerOid('1.2.840.113549.1.9.3');
const messageDigest = toDerOid('1.2.840.113549.1.9.4');
const timeStamping = '1.3.6.1.5.5.7.3.8';
const hashNames: Readonly<Record<string, string>> = {
  [toDerOid('2.16.840.1.101.3.4.2.1').toString('hex')]: 'sha256',
  [toDerOid('2.16.840.1.101.3.4.2.2').toString('hex')]: 'sha384',
  [toDerOid('2.16.840.1.101.3.4.2.3').toString('hex')]: 'sha512',
};
const maxChain = 5;

/**
 * Reads a `TimeStampToken` (CMS `SignedData` in DER) and checks that its authority signed it: content, digest, signature, and that the
 * certificate is one for time stamps and was valid then. With `trusted` (certificates) one of them must have issued it, directly or
 * through others in the token; without, anybody may have. Throws with what is wrong.
 */
export function readTimeStampToken(token: Uint8Array, trusted?: readonly X509Certificate[]): TimeStamp {
  const outer = readElements(readOnly(token, derTags.sequence).content);
  expectOid(outer[0], signedData, 'is no CMS signed data');
  const signed = readElements(readOnly(pick(outer, 1, derTags.context0).content, derTags.sequence).content);
  const encapsulated = readElements(pick(signed, 2, derTags.sequence).content);
  expectOid(encapsulated[0], tstInfo, 'holds no time stamp');
  const content = readOnly(pick(encapsulated, 1, derTags.context0).content, derTags.octetString).content;
  const certificates = signed
    .slice(3)
    .filter(({ tag }) => tag === derTags.context0)
    .flatMap((set) => readElements(set.content))
    .map(({ whole }) => new X509Certificate(whole));
  const signers = readElements(
    readOnly(pick(signed, signed.length - 1, derTags.set).whole, derTags.set).content,
  );
  const signer = readElements(pick(signers, 0, derTags.sequence).content);
  if (signers.length !== 1) throw new Error('has not exactly one signer');
  const certificate = findCertificate(pick(signer, 1, derTags.sequence), certificates);
  const info = readInfo(content);
  checkSignature(signer, content, certificate);
  checkCertificate(certificate, info.genTimeMs);
  if (trusted !== undefined) checkTrust(certificate, certificates, trusted);
  return { ...info, authority: certificate.subject.replaceAll('\n', ', ') };
}

function readInfo(content: Buffer): Omit<TimeStamp, 'authority'> {
  const fields = readElements(readOnly(content, derTags.sequence).content);
  const imprint = readElements(pick(fields, 2, derTags.sequence).content);
  const algorithm = readElements(pick(imprint, 0, derTags.sequence).content)[0];
  if (algorithm === undefined || hashNames[algorithm.whole.toString('hex')] !== 'sha256')
    throw new Error('is over another hash than SHA-256');
  const genTimeMs = parseGeneralizedTime(pick(fields, 4, derTags.generalizedTime).content.toString('latin1'));
  const nonce = fields.slice(5).find(({ tag }) => tag === derTags.integer);
  return {
    genTimeMs,
    sha256: pick(imprint, 1, derTags.octetString).content.toString('hex'),
    nonce: nonce === undefined ? null : nonce.whole,
  };
}

function checkSignature(signer: readonly DerElement[], content: Buffer, certificate: X509Certificate): void {
  const [algorithm] = readElements(pick(signer, 2, derTags.sequence).content);
  const hash = hashNames[algorithm?.whole.toString('hex') ?? ''];
  if (hash === undefined) throw new Error('is signed over a hash that is not SHA-2');
  const attributes = pick(signer, 3, derTags.context0);
  const read = (oid: Buffer): Buffer | undefined => {
    for (const attribute of readElements(attributes.content)) {
      const [type, values] = readElements(attribute.content);
      if (type?.whole.equals(oid) && values?.tag === derTags.set)
        return readElements(values.content)[0]?.whole;
    }
    return undefined;
  };
  if (!read(contentType)?.equals(tstInfo)) throw new Error('is signed as something else');
  const digest = read(messageDigest);
  if (!digest?.equals(toDer(derTags.octetString, createHash(hash).update(content).digest())))
    throw new Error('is not what its authority signed');
  // The signature is over the attributes as a set, not under the tag that they have in the token (RFC 5652, 5.4).
  const signedBytes = toDer(derTags.set, attributes.content);
  const signature = pick(signer, 5, derTags.octetString).content;
  if (!verify(hash, signedBytes, certificate.publicKey, signature))
    throw new Error('has a signature that does not match');
}

/** By issuer and serial number, as the signer is named. */
function findCertificate(signerId: DerElement, certificates: readonly X509Certificate[]): X509Certificate {
  const [issuer, serial] = readElements(signerId.content);
  const found = certificates.find((certificate) => {
    const fields = readElements(
      pick(readElements(readOnly(certificate.raw, derTags.sequence).content), 0, derTags.sequence).content,
    );
    const from = fields[0]?.tag === derTags.context0 ? 1 : 0;
    return (
      serial !== undefined &&
      issuer !== undefined &&
      fields[from]?.whole.equals(serial.whole) === true &&
      fields[from + 2]?.whole.equals(issuer.whole) === true
    );
  });
  if (found === undefined) throw new Error('does not hold the certificate of its signer');
  return found;
}

function checkCertificate(certificate: X509Certificate, genTimeMs: number): void {
  // The extended key usages; undefined where there are none.
  const usages = certificate.keyUsage as readonly string[] | undefined;
  if (!usages?.includes(timeStamping))
    throw new Error('is signed with a certificate that is not for time stamps');
  if (genTimeMs < Date.parse(certificate.validFrom) || genTimeMs > Date.parse(certificate.validTo))
    throw new Error('is of a time when its certificate was not valid');
}

function checkTrust(
  leaf: X509Certificate,
  others: readonly X509Certificate[],
  trusted: readonly X509Certificate[],
): void {
  let current = leaf;
  for (let hop = 0; hop < maxChain; hop++) {
    const isIssuedBy = (issuer: X509Certificate): boolean =>
      current.checkIssued(issuer) && current.verify(issuer.publicKey);
    if (trusted.some((one) => one.raw.equals(current.raw) || isIssuedBy(one))) return;
    const next = others.find((one) => !one.raw.equals(current.raw) && one.ca && isIssuedBy(one));
    if (next === undefined) break;
    current = next;
  }
  throw new Error('is by an authority that is not trusted');
}

function expectOid(element: DerElement | undefined, oid: Buffer, problem: string): void {
  if (!element?.whole.equals(oid)) throw new Error(problem);
}

function parseGeneralizedTime(text: string): number {
  const match = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d+))?Z$/.exec(text);
  if (match === null) throw new Error('has a time that is not understood');
  const [, year, month, day, hour, minute, second, fraction = '0'] = match;
  const ms = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  );
  return ms + Math.floor(Number(`0.${fraction}`) * 1000);
}
