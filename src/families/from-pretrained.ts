import type { Model } from "./family";
import { loaderOf } from "./reading/loader";
import type { Loader } from "./reading/pretrained";
import { familyNamed, registry } from "./registry";

/**
 * Loads a model with its tokenizer from an unchanged Hugging Face directory: config.json, model.safetensors (or its
 * shards) and tokenizer.json. The config's `model_type` selects the family, whose code is loaded then; docs/families.md
 * lists them.
 *
 * @param source a directory path (Node, Deno, Bun), a URL, or an object with `read(name)`
 * @param options.model the class that the model must have, which then is its type
 * @throws FormatError that names the file and the wrong field, tensor or byte
 * @example
 * ```ts
 * import { DecoderModel, fromPretrained } from "transformer-blocks";
 * const { model, tokenizer } = await fromPretrained("./examples/models/story", { model: DecoderModel });
 * model.forward([tokenizer.encode("Once upon a time").ids]).shape;
 * ```
 */
// The annotation lets bundlers drop it if only pretrainedLoader is used.
export const fromPretrained: Loader<Model> = /* @__PURE__ */ loaderOf({
  find: familyNamed,
  known: () => Object.keys(registry),
});
