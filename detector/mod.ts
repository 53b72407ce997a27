export { cocoLabels } from './coco-labels.ts';
export {
  type Detector,
  type DetectorLogger,
  type DetectorOptions,
  type DetectorStats,
  openDetector,
} from './detector.ts';
export { guessCard } from './guess-card.ts';
export { type LabelDetection, type ThresholdOverrides } from './label-detection.ts';
export { type LabelDetector, type LabelDetectorOptions, openLabelDetector } from './label-detector.ts';
export { loadModel, type Model, readModelCard } from './load-model.ts';
export { type Head, type ModelCard } from './model-card.ts';
export { type Picture } from './picture.ts';
