import { timeStampFile } from '../domain/mod.ts';

export const manifestFile = 'manifest.json';
export const signatureFile = 'signature.json';

/** Key prefix of a package in a blob store. */
export function toPackagePrefix(manifestHash: string): string {
  return `packages/${manifestHash}/`;
}

/** Whether a manifest may name this file: a relative path with forward slashes that stays inside the package. */
export function isItemPath(path: string): boolean {
  if (!/^[A-Za-z0-9._/-]{1,200}$/.test(path)) return false;
  if ([manifestFile, signatureFile, timeStampFile].includes(path)) return false;
  return path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}
