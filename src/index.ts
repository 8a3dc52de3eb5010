/**
 * Transformers in JavaScript to import, read, take apart, train and trust.
 *
 * @module transformer-blocks
 */
export * from "./blocks";
export {
  fromPretrained,
  type Loader,
  type LoadOptions,
  loadParameters,
  type Pretrained,
  pretrainedLoader,
  type Saved,
  type SaveOptions,
  saveParameters,
  savePretrained,
} from "./families";
export * from "./generation";
export * from "./models";
export * from "./tasks";
export * from "./tensor";
