import { gpt2 } from "./decoder/gpt2";
import { llama } from "./decoder/llama";
import { bertFamily } from "./encoder/bert";
import { marian } from "./encoder-decoder/marian";
import { pretrainedLoader } from "./reading/loader";

/** Every family there is. */
export const families = [llama, gpt2, bertFamily, marian] as const;

/**
 * A model with its tokenizer from a directory as the Hugging Face hub has them: config.json, model.safetensors (or its
 * shards) and tokenizer.json, unchanged. The model's family is the config's `model_type`: llama, gpt2, bert or marian.
 *
 * @param source a directory path (Node, Deno, Bun), a URL, or an object with `read(name)`
 * @param options.model the class that the model must have, which is then its type
 * @throws FormatError that names the file and the field, tensor or byte at fault
 * @example
 * ```ts
 * import { DecoderModel, fromPretrained } from "transformer-blocks";
 * const { model, tokenizer } = await fromPretrained("./examples/models/story", { model: DecoderModel });
 * model.forward([tokenizer.encode("Once upon a time").ids]).shape;
 * ```
 */
// The annotation lets bundlers leave it out where pretrainedLoader is used instead.
export const fromPretrained = /* @__PURE__ */ pretrainedLoader(families);
