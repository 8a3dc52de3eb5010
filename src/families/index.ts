/**
 * Loads and saves published checkpoints. A family describes its config and its parameters' names as data.
 *
 * @module families
 */

export type { ConfigFields, ConfigObject } from "./config-fields";
export { gpt2 } from "./decoder/gpt2";
export { llama } from "./decoder/llama";
export { opt } from "./decoder/opt";
export { bert, bertFamily } from "./encoder/bert";
export { marian } from "./encoder-decoder/marian";
export type { Family, Model, ModelOf, Spelling } from "./family";
export { fromPretrained } from "./from-pretrained";
export type { NameRule } from "./name-map";
export type { NewHead } from "./reading/another-head";
export type { Head, Heads } from "./reading/heads";
export type { Files } from "./reading/kept-files";
export { type Loader, type LoadOptions, type ModelClass, type Pretrained, pretrainedLoader } from "./reading/loader";
export { loadParameters, saveParameters } from "./reading/parameters";
export { type Saved, type SaveOptions, savePretrained } from "./reading/save-pretrained";
