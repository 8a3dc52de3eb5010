import type { Family } from "./family";

/** Loads the code of a family. */
export type LazyFamily = () => Promise<Family>;

/**
 * Every family by the `model_type` of its config.json. `fromPretrained` loads the code of one when a config names it.
 * One line each, in alphabetical order.
 */
export const registry: Readonly<Record<string, LazyFamily>> = {
  albert: async () => (await import("./encoder/albert")).albert,
  bert: async () => (await import("./encoder/bert")).bertFamily,
  biogpt: async () => (await import("./decoder/biogpt")).bioGpt,
  bloom: async () => (await import("./decoder/bloom")).bloom,
  camembert: async () => (await import("./encoder/camembert")).camembert,
  codegen: async () => (await import("./decoder/codegen")).codegen,
  distilbert: async () => (await import("./encoder/distilbert")).distilbert,
  electra: async () => (await import("./encoder/electra")).electra,
  falcon: async () => (await import("./decoder/falcon")).falcon,
  gpt2: async () => (await import("./decoder/gpt2")).gpt2,
  gpt_bigcode: async () => (await import("./decoder/gpt-bigcode")).gptBigCode,
  gpt_neo: async () => (await import("./decoder/gpt-neo")).gptNeo,
  gpt_neox: async () => (await import("./decoder/gpt-neox")).gptNeoX,
  gptj: async () => (await import("./decoder/gptj")).gptj,
  llama: async () => (await import("./decoder/llama")).llama,
  marian: async () => (await import("./encoder-decoder/marian")).marian,
  mpt: async () => (await import("./decoder/mpt")).mpt,
  "openai-gpt": async () => (await import("./decoder/openai-gpt")).openaiGpt,
  opt: async () => (await import("./decoder/opt")).opt,
  phi: async () => (await import("./decoder/phi")).phi,
  roberta: async () => (await import("./encoder/roberta")).roberta,
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
  return registry[modelType]!();
}

/** Every family once. */
export const everyFamily = async (): Promise<Family[]> => [
  ...new Set(await Promise.all(Object.values(registry).map((load) => load()))),
];
