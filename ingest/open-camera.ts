import { cameraIdPattern, type LiveStream, XunjieError } from '../domain/mod.ts';
import type { Camera, CameraOptions } from './camera.ts';
import { openFileCamera } from './file-camera.ts';
import { createHttpSource } from './http-source.ts';
import type { LiveSource } from './live-input.ts';
import { openPairedCamera } from './paired-camera.ts';
import { openRtspCamera } from './rtsp-camera.ts';
import { createRtspSource } from './rtsp-source.ts';
import { openStillsCamera } from './stills-camera.ts';

/**
 * Opens a camera: frames go to `onFrame`, states to `onHealth`, recordings to the ring. Rejects when a file cannot be read as a
 * video (`file_not_found`, `not_a_video`, one line that names it) and for bad options; a live source that does not answer is no error
 * but a state, and is tried again.
 */
export async function openCamera(options: CameraOptions): Promise<Camera> {
  checkOptions(options);
  const { source } = options;
  if (source.kind === 'file') return openFileCamera(options, source);
  if (source.kind === 'stills') return openStillsCamera(options, source);
  const stream = toLiveSource(options.id, source);
  if (source.evidence === undefined || options.ring === null) return openRtspCamera(options, stream);
  return openPairedCamera(options, stream, toLiveSource(options.id, source.evidence));
}

function toLiveSource(camera: string, stream: LiveStream): LiveSource {
  return stream.kind === 'rtsp' ? createRtspSource(camera, stream) : createHttpSource(camera, stream);
}

function checkOptions(options: CameraOptions): void {
  if (!new RegExp(cameraIdPattern).test(options.id))
    throw new XunjieError(
      'bad_argument',
      `camera "${options.id}": a name is letters, digits, "-" and "_", at most 64`,
    );
  for (const [name, value] of [
    ['maxPixelWidth', options.maxPixelWidth],
    ['maxPixelHeight', options.maxPixelHeight],
    ['onsetMs', options.onsetMs],
  ] as const)
    if (!Number.isFinite(value) || value < 1)
      throw new XunjieError('bad_argument', `camera "${options.id}": ${name} is ${value}, must be 1 or more`);
}
