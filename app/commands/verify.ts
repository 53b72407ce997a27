import { XunjieError } from '../../domain/mod.ts';
import { readPublicKeys, type Verdict, verifyLog, verifyPackage } from '../../evidence/mod.ts';
import { readCertificates } from '../config/read-certificates.ts';

export interface VerifyCommandOptions {
  readonly key?: string;
  readonly keys?: string;
  /** Certificates (PEM) one of which must have issued that of the time stamp. */
  readonly tsaCa?: string;
  /** Exported custody log that must tell of the package. */
  readonly log?: string;
  /** Root that the log must have. */
  readonly root?: string;
}

/** Prints a line for the package and one for the log: what it is, or the first thing that is wrong with it. Returns the exit code. */
export async function verify(
  dir: string,
  options: VerifyCommandOptions,
  print: (line: string) => void,
): Promise<number> {
  if (options.root !== undefined && options.log === undefined)
    throw new XunjieError('bad_argument', '--root names a root of a custody log: give the log with --log');
  const trust = {
    ...(options.key !== undefined && { trustedKeyId: options.key }),
    ...(options.keys !== undefined && { trustedKeys: await readPublicKeys(options.keys) }),
  };
  const verdict = await verifyPackage(dir, {
    ...trust,
    ...(options.tsaCa !== undefined && { trustedAuthorities: await readCertificates(options.tsaCa) }),
  });
  const { manifestHash, candidateId, keyId } = verdict;
  if (!verdict.ok || candidateId === null) {
    print(`${dir}: BROKEN: ${verdict.problem}`);
    return 1;
  }
  print(
    `${dir}: whole: ${verdict.files} files, manifest ${manifestHash}, candidate ${candidateId}, signed with key ${keyId}${describeTimeStamp(verdict, options.tsaCa !== undefined)}`,
  );
  if (options.log === undefined) return 0;
  const log = await verifyLog(options.log, {
    ...trust,
    package: { manifestHash, candidateId },
    ...(options.root !== undefined && { trustedRoot: options.root }),
  });
  if (!log.ok) {
    print(`custody log BROKEN: ${log.problem}`);
    return 1;
  }
  print(
    `${options.log}: whole: ${log.entries} entries, ${log.mentions} of this package, ${log.roots} daily roots, ${log.keyId === null ? 'not signed' : `signed with key ${log.keyId}`}`,
  );
  return 0;
}

function describeTimeStamp({ timeStamp }: Verdict, isTrusted: boolean): string {
  if (timeStamp === null) return '';
  const { atMs, authority } = timeStamp;
  return `, time-stamped at ${new Date(atMs).toISOString()} by ${authority}${isTrusted ? '' : ' (whoever that is: --tsa-ca)'}`;
}
