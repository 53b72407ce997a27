import { readPublicKeys, verifyPackage } from '../../evidence/mod.ts';

/** Prints one line: what a package is, or the first thing that is wrong with it. Returns the exit code. */
export async function verify(
  dir: string,
  options: { key?: string; keys?: string },
  print: (line: string) => void,
): Promise<number> {
  const verdict = await verifyPackage(dir, {
    ...(options.key !== undefined && { trustedKeyId: options.key }),
    ...(options.keys !== undefined && { trustedKeys: await readPublicKeys(options.keys) }),
  });
  if (!verdict.ok) {
    print(`${dir}: BROKEN: ${verdict.problem}`);
    return 1;
  }
  print(
    `${dir}: whole: ${verdict.files} files, manifest ${verdict.manifestHash}, candidate ${verdict.candidateId}, signed with key ${verdict.keyId}`,
  );
  return 0;
}
