export { type CameraLoad } from './camera-load.ts';
export { type CardWishes } from './card-wishes.ts';
export { cocoLabels } from './coco-labels.ts';
export { type CropDetector, createCropDetector } from './crops/crop-detector.ts';
export { type Detector, type DetectRequest, openDetector } from './detector.ts';
export { type DetectorLogger, type DetectorOptions } from './detector-options.ts';
export { type DetectorStats } from './detector-stats.ts';
export { drawStreet } from './draw-street.ts';
export { GapWatch } from './gap-watch.ts';
export { guessCard } from './guess-card.ts';
export { imageNet } from './guess-input.ts';
export { hashFile } from './hash-file.ts';
export { createInputTensor } from './input-tensor.ts';
export { type LabelDetection, type ThresholdOverrides } from './label-detection.ts';
export { type LabelDetector, type LabelDetectorOptions, openLabelDetector } from './label-detector.ts';
export { mapLabels } from './label-map.ts';
export { loadModel, type Model, readModelCard } from './load-model.ts';
export { type Head, heads, type ModelCard } from './model-card.ts';
export { openNetwork } from './network.ts';
export { listExternalFiles } from './onnx-metadata.ts';
export { type Picture } from './picture.ts';
export { type Provider, parseProviders, providers } from './provider.ts';
export { toNames } from './python-names.ts';
export { publishedAnchors } from './read-anchors.ts';
export { type StationaryZone } from './stationary/field.ts';
export { parseStationaryMemory, type StationaryMemory } from './stationary/memory.ts';
export {
  createStationaryDetector,
  type StationaryDetector,
} from './stationary/stationary-detector.ts';
export { type Try, type TryResult, tryModel } from './try-model.ts';
