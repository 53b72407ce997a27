export { type AddedModel, addModel } from './add-model.ts';
export { type Dataset, type ReadOptions } from './eval/dataset.ts';
export { type Evaluation, evaluateModel } from './eval/evaluate.ts';
export { readCocoDataset } from './eval/read-coco.ts';
export { readYoloDataset } from './eval/read-yolo.ts';
export { type EvaluationSummary, summarise } from './eval/summarise.ts';
export { type EvalThresholds, toEvalThresholds } from './eval/thresholds.ts';
export { writeReport } from './eval/write-report.ts';
export { findDefaultModel, type ListedModel, listModels } from './list-models.ts';
