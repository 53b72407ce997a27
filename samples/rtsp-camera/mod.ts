export { type RtspCamera, type RtspCameraOptions, startRtspCamera } from './rtsp-camera.ts';
