/**
 * Published checkpoints and back: a family is its config and its parameters' names as data.
 *
 * @module families
 */
export { bert } from "./bert";
export type { ConfigFields, ConfigObject } from "./config-fields";
export type { Family, Model, ModelOf, Spelling } from "./family";
export { fromPretrained } from "./from-pretrained";
export { gpt2 } from "./gpt2";
export type { Files } from "./kept-files";
export { llama } from "./llama";
export { type Loader, type LoadOptions, type ModelClass, type Pretrained, pretrainedLoader } from "./loader";
export { marian } from "./marian";
export type { NameRule } from "./name-map";
export { loadParameters, saveParameters } from "./parameters";
export { type Saved, type SaveOptions, savePretrained } from "./save-pretrained";
