export { type AddedModel, addModel } from './add-model.ts';
export { findDefaultModel, type ListedModel, listModels } from './list-models.ts';
export { checkModel } from './self-check.ts';
