import { type LaterParts, loadLater } from "../later";
import { type Family, withCode } from "./family";

/**
 * Every family by the `model_type` of its config.json. `fromPretrained` loads the code of one when a config names it.
 * One line each, in alphabetical order.
 */
export const registry: LaterParts<Family> = {
  albert: async () => (await import("./encoder/albert")).albert,
  apertus: async () => (await import("./decoder/apertus")).apertus,
  arcee: async () => (await import("./decoder/arcee")).arcee,
  bart: async () => (await import("./encoder-decoder/bart")).bart,
  bert: async () => (await import("./encoder/bert")).bertFamily,
  biogpt: async () => (await import("./decoder/biogpt")).bioGpt,
  bitnet: async () => (await import("./decoder/bitnet")).bitnet,
  blenderbot: async () => (await import("./encoder-decoder/blenderbot")).blenderbot,
  "blenderbot-small": async () => (await import("./encoder-decoder/blenderbot-small")).blenderbotSmall,
  bloom: async () => (await import("./decoder/bloom")).bloom,
  camembert: async () => (await import("./encoder/camembert")).camembert,
  codegen: async () => (await import("./decoder/codegen")).codegen,
  cohere: async () => (await import("./decoder/cohere")).cohere,
  cohere2: async () => (await import("./decoder/cohere")).cohere2,
  cohere2_moe: async () => (await import("./decoder/cohere2-moe")).cohere2Moe,
  deberta: async () => (await import("./encoder/deberta")).deberta,
  "deberta-v2": async () => (await import("./encoder/deberta-v2")).debertaV2,
  deepseek_v2: async () => (await import("./decoder/deepseek")).deepseekV2,
  deepseek_v3: async () => (await import("./decoder/deepseek")).deepseekV3,
  deepseek_v32: async () => (await import("./decoder/deepseek")).deepseekV32,
  distilbert: async () => (await import("./encoder/distilbert")).distilbert,
  dots1: async () => (await import("./decoder/dots1")).dots1,
  electra: async () => (await import("./encoder/electra")).electra,
  "encoder-decoder": async () => (await import("./encoder-decoder/two-models")).twoModels,
  ernie: async () => (await import("./encoder/ernie")).ernie,
  ernie4_5: async () => (await import("./decoder/ernie4-5")).ernie45,
  ernie4_5_moe: async () => (await import("./decoder/ernie4-5-moe")).ernie45Moe,
  eurobert: async () => (await import("./encoder/eurobert")).eurobert,
  exaone4: async () => (await import("./decoder/exaone4")).exaone4,
  exaone_moe: async () => (await import("./decoder/exaone-moe")).exaoneMoe,
  falcon: async () => (await import("./decoder/falcon")).falcon,
  gemma: async () => (await import("./decoder/gemma")).gemma,
  gemma2: async () => (await import("./decoder/gemma")).gemma2,
  gemma3_text: async () => (await import("./decoder/gemma")).gemma3Text,
  gemma3n_text: async () => (await import("./decoder/gemma3n")).gemma3nText,
  gemma4_text: async () => (await import("./decoder/gemma4")).gemma4Text,
  glm: async () => (await import("./decoder/glm")).glm,
  glm4: async () => (await import("./decoder/glm")).glm4,
  glm4_moe: async () => (await import("./decoder/glm4-moe")).glm4Moe,
  gpt2: async () => (await import("./decoder/gpt2")).gpt2,
  gpt_bigcode: async () => (await import("./decoder/gpt-bigcode")).gptBigCode,
  gpt_neo: async () => (await import("./decoder/gpt-neo")).gptNeo,
  gpt_neox: async () => (await import("./decoder/gpt-neox")).gptNeoX,
  gpt_oss: async () => (await import("./decoder/gpt-oss")).gptOss,
  gptj: async () => (await import("./decoder/gptj")).gptj,
  granite: async () => (await import("./decoder/granite")).granite,
  granitemoe: async () => (await import("./decoder/granite-moe")).graniteMoe,
  granitemoehybrid: async () => (await import("./decoder/granite-moe-hybrid")).graniteMoeHybrid,
  granitemoeshared: async () => (await import("./decoder/granite-moe")).graniteMoeShared,
  helium: async () => (await import("./decoder/helium")).helium,
  hunyuan_v1_dense: async () => (await import("./decoder/hunyuan")).hunyuanDense,
  hunyuan_v1_moe: async () => (await import("./decoder/hunyuan-v1-moe")).hunyuanV1Moe,
  hyperclovax: async () => (await import("./decoder/hyperclovax")).hyperclovax,
  lfm2: async () => (await import("./decoder/lfm2")).lfm2,
  lfm2_moe: async () => (await import("./decoder/lfm2-moe")).lfm2Moe,
  llama: async () => (await import("./decoder/llama")).llama,
  llama4_text: async () => (await import("./decoder/llama4")).llama4,
  m2m_100: async () => (await import("./encoder-decoder/m2m-100")).m2m100,
  marian: async () => (await import("./encoder-decoder/marian")).marian,
  mbart: async () => (await import("./encoder-decoder/mbart")).mbart,
  minicpm3: async () => (await import("./decoder/minicpm3")).minicpm3,
  ministral: async () => (await import("./decoder/mistral")).ministral,
  ministral3: async () => (await import("./decoder/mistral")).ministral3,
  mistral: async () => (await import("./decoder/mistral")).mistral,
  mixtral: async () => (await import("./decoder/mixtral")).mixtral,
  modernbert: async () => (await import("./encoder/modernbert")).modernbert,
  mpnet: async () => (await import("./encoder/mpnet")).mpnet,
  "modernbert-decoder": async () => (await import("./decoder/modernbert-decoder")).modernbertDecoder,
  mpt: async () => (await import("./decoder/mpt")).mpt,
  mt5: async () => (await import("./encoder-decoder/mt5")).mt5,
  nanochat: async () => (await import("./decoder/nanochat")).nanochat,
  nemotron: async () => (await import("./decoder/nemotron")).nemotron,
  nomic_bert: async () => (await import("./encoder/nomic-bert")).nomicBert,
  olmo: async () => (await import("./decoder/olmo")).olmo,
  olmo2: async () => (await import("./decoder/olmo")).olmo2,
  olmo3: async () => (await import("./decoder/olmo")).olmo3,
  olmoe: async () => (await import("./decoder/olmoe")).olmoe,
  "openai-gpt": async () => (await import("./decoder/openai-gpt")).openaiGpt,
  opt: async () => (await import("./decoder/opt")).opt,
  pegasus: async () => (await import("./encoder-decoder/pegasus")).pegasus,
  phi: async () => (await import("./decoder/phi")).phi,
  phi3: async () => (await import("./decoder/phi3")).phi3,
  phimoe: async () => (await import("./decoder/phimoe")).phimoe,
  qwen2: async () => (await import("./decoder/qwen2")).qwen2,
  qwen2_moe: async () => (await import("./decoder/qwen-moe")).qwen2Moe,
  qwen3: async () => (await import("./decoder/qwen2")).qwen3,
  qwen3_5_moe_text: async () => (await import("./decoder/qwen3-next")).qwen35Moe,
  qwen3_5_text: async () => (await import("./decoder/qwen3-next")).qwen35,
  qwen3_moe: async () => (await import("./decoder/qwen-moe")).qwen3Moe,
  qwen3_next: async () => (await import("./decoder/qwen3-next")).qwen3Next,
  roberta: async () => (await import("./encoder/roberta")).roberta,
  "roberta-prelayernorm": async () => (await import("./encoder/roberta-prelayernorm")).robertaPreLayerNorm,
  roformer: async () => (await import("./encoder/roformer")).roformer,
  seed_oss: async () => (await import("./decoder/seed-oss")).seedOss,
  smollm3: async () => (await import("./decoder/smollm3")).smollm3,
  stablelm: async () => (await import("./decoder/stablelm")).stablelm,
  starcoder2: async () => (await import("./decoder/starcoder2")).starcoder2,
  switch_transformers: async () => (await import("./encoder-decoder/switch-transformers")).switchTransformers,
  t5: async () => (await import("./encoder-decoder/t5")).t5,
  umt5: async () => (await import("./encoder-decoder/umt5")).umt5,
  xglm: async () => (await import("./decoder/xglm")).xglm,
  "xlm-roberta": async () => (await import("./encoder/xlm-roberta")).xlmRoberta,
};

/**
 * The families that can write the config.json of a model that `gpt`, `bert` or `encoderDecoder` made, in the order in
 * which they are tried.
 */
export const writers = ["llama", "gpt2", "opt", "bert", "marian"] as const;

/** The family of a `model_type`; undefined if there is none. */
export async function familyNamed(modelType: unknown): Promise<Family | undefined> {
  if (typeof modelType !== "string" || !Object.hasOwn(registry, modelType)) return undefined;
  return loadLater(`model_type "${modelType}"`, registry[modelType]!);
}

/** The same with its code, so that its functions may be called. */
export async function readyFamily(modelType: unknown): Promise<Family | undefined> {
  const family = await familyNamed(modelType);
  return family && withCode(family);
}

/** Every family once, with its code. */
export const everyFamily = async (): Promise<Family[]> => [
  ...new Set(await Promise.all(Object.keys(registry).map(async (type) => (await readyFamily(type))!))),
];
