export { drawStill } from './draw-still.ts';
export { listStoredPackages, type StoredPackage } from './list-packages.ts';
export { maskPicture } from './mask-picture.ts';
export { type DetectionsReader } from './mask-stills.ts';
export { listNeededFootage, toFirstClipStretch } from './needed-footage.ts';
export { type SealOptions, sealPackage } from './seal-package.ts';
export { loadOrCreateSigner, type Signer } from './signer.ts';
export { type Verdict, type VerifyOptions, verifyPackage, verifyStoredPackage } from './verify-package.ts';
