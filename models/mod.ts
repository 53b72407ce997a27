export { type AddedModel, addModel } from './add-model.ts';
export { type ComparisonResult, compareModels } from './compare/compare-models.ts';
export {
  bundledName,
  findDefaultModel,
  findInstalled,
  type InstalledModel,
  listInstalled,
  type ModelFolders,
  readDefaultChoice,
  toListedName,
  writeDefaultChoice,
} from './default-model.ts';
export { type Dataset, type ReadOptions } from './eval/dataset.ts';
export { escapeHtml } from './eval/escape-html.ts';
export { type Evaluation, evaluateModel } from './eval/evaluate.ts';
export { readCocoDataset } from './eval/read-coco.ts';
export { readYoloDataset } from './eval/read-yolo.ts';
export { reportStyle } from './eval/report-style.ts';
export { type EvaluationSummary, summarise } from './eval/summarise.ts';
export { type EvalThresholds, toEvalThresholds } from './eval/thresholds.ts';
export { writeReport } from './eval/write-report.ts';
export { type ListedModel, listModels } from './list-models.ts';
export { parseAnchors, parseMapping, parseSize, parseThree } from './parse-wishes.ts';
export { type CatalogueEntry, catalogue, findInCatalogue } from './pull/catalogue.ts';
export { pullModel } from './pull/pull-model.ts';
export { type QuantizedModel, quantizeModel } from './quantize/quantize-model.ts';
export { readLabelFile } from './read-labels.ts';
