export { type RtspCamera, type RtspCameraOptions, startRtspCamera } from './rtsp-camera.ts';
export { createRtspReader, formatResponse, type RtspMessage } from './rtsp-message.ts';
