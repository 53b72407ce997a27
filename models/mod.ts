export { type AddedModel, addModel } from './add-model.ts';
export { findDefaultModel, type ListedModel, listModels } from './list-models.ts';
