/**
 * Loads and saves published checkpoints. A family describes its config and its parameters' names as data.
 *
 * @module families
 */

export type { ConfigFields, ConfigObject } from "./config-fields";
export { apertus } from "./decoder/apertus";
export { arcee } from "./decoder/arcee";
export { ernie45 } from "./decoder/ernie4-5";
export { exaone4 } from "./decoder/exaone4";
export { gpt2 } from "./decoder/gpt2";
export { granite } from "./decoder/granite";
export { helium } from "./decoder/helium";
export { hunyuanDense } from "./decoder/hunyuan";
export { llama } from "./decoder/llama";
export { ministral, mistral } from "./decoder/mistral";
export { nanochat } from "./decoder/nanochat";
export { olmo, olmo2, olmo3 } from "./decoder/olmo";
export { opt } from "./decoder/opt";
export { qwen2, qwen3 } from "./decoder/qwen2";
export { seedOss } from "./decoder/seed-oss";
export { smollm3 } from "./decoder/smollm3";
export { albert } from "./encoder/albert";
export { bert, bertFamily } from "./encoder/bert";
export { camembert } from "./encoder/camembert";
export { distilbert } from "./encoder/distilbert";
export { electra } from "./encoder/electra";
export { ernie } from "./encoder/ernie";
export { eurobert } from "./encoder/eurobert";
export { modernbert } from "./encoder/modernbert";
export { mpnet } from "./encoder/mpnet";
export { nomicBert } from "./encoder/nomic-bert";
export { roberta } from "./encoder/roberta";
export { roformer } from "./encoder/roformer";
export { xlmRoberta } from "./encoder/xlm-roberta";
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
