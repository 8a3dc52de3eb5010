/**
 * Loads and saves published checkpoints. A family describes its config and its parameters' names as data.
 *
 * @module families
 */

export type { ConfigFields, ConfigObject } from "./config-fields";
export { arcee } from "./decoder/arcee";
export { bitnet } from "./decoder/bitnet";
export { cohere2Moe } from "./decoder/cohere2-moe";
export { deepseekV2, deepseekV3, deepseekV32 } from "./decoder/deepseek";
export { dots1 } from "./decoder/dots1";
export { ernie45 } from "./decoder/ernie4-5";
export { ernie45Moe } from "./decoder/ernie4-5-moe";
export { exaoneMoe } from "./decoder/exaone-moe";
export { exaone4 } from "./decoder/exaone4";
export { glm4Moe } from "./decoder/glm4-moe";
export { gptOss } from "./decoder/gpt-oss";
export { gpt2 } from "./decoder/gpt2";
export { granite } from "./decoder/granite";
export { graniteMoe, graniteMoeShared } from "./decoder/granite-moe";
export { graniteMoeHybrid } from "./decoder/granite-moe-hybrid";
export { helium } from "./decoder/helium";
export { hunyuanDense } from "./decoder/hunyuan";
export { hunyuanV1Moe } from "./decoder/hunyuan-v1-moe";
export { lfm2 } from "./decoder/lfm2";
export { lfm2Moe } from "./decoder/lfm2-moe";
export { llama } from "./decoder/llama";
export { llama4 } from "./decoder/llama4";
export { minicpm3 } from "./decoder/minicpm3";
export { ministral, mistral } from "./decoder/mistral";
export { mixtral } from "./decoder/mixtral";
export { olmo, olmo2, olmo3 } from "./decoder/olmo";
export { olmoe } from "./decoder/olmoe";
export { opt } from "./decoder/opt";
export { phimoe } from "./decoder/phimoe";
export { qwen2Moe, qwen3Moe } from "./decoder/qwen-moe";
export { qwen2, qwen3 } from "./decoder/qwen2";
export { qwen3Next, qwen35, qwen35Moe } from "./decoder/qwen3-next";
export { seedOss } from "./decoder/seed-oss";
export { smollm3 } from "./decoder/smollm3";
export { albert } from "./encoder/albert";
export { bert, bertFamily } from "./encoder/bert";
export { camembert } from "./encoder/camembert";
export { distilbert } from "./encoder/distilbert";
export { electra } from "./encoder/electra";
export { roberta } from "./encoder/roberta";
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
