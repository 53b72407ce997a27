export { createAddressGuard } from './address-guard.ts';
export { type Camera, type CameraOptions, type Frame, type RingOptions } from './camera.ts';
export { type ClipFacts, probeClip } from './clip-facts.ts';
export { openClipFootage } from './clip-footage.ts';
export { openCamera } from './open-camera.ts';
export { type FootageHold, type FootageHolds, type Stretch } from './ring-holds.ts';
export { openStoredFootage } from './stored-footage.ts';
