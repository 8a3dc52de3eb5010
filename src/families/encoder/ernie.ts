import { Embedding } from "../../blocks";
import type { EncoderModel } from "../../models";
import { EmbeddingPlusFirst } from "../embedding-plus-first";
import type { Family } from "../family";
import { layer } from "../name-map";
import { encoderHeads } from "../reading/heads";
import { bertHead, bertNames, encoderModel, headNames, pooledHeads, tiedTo } from "./encoder-base";
import { encoderSizes } from "./encoder-sizes";

/**
 * ERNIE: BERT, with a vector of the task if `use_task_id` is set. The task is always the first one, as in transformers if
 * none is given.
 *
 * @see Sun et al. 2019, ERNIE 2.0 (arXiv 1907.12412)
 */
export const ernie: Family<EncoderModel> = {
  modelTypes: ["ernie"],
  defaults: { max_position_embeddings: 512, num_attention_heads: 12, num_hidden_layers: 12 },
  classes: "Ernie",
  heads: encoderHeads,
  layers: { num_hidden_layers: "ernie.encoder.layer.*" },
  spelling: {
    prefix: { text: "ernie.", outside: ["cls.", "classifier.", "qa_outputs."] },
    aliases: { ".gamma": ".weight", ".beta": ".bias" },
    tied: tiedTo("ernie.embeddings.word_embeddings.weight", bertHead),
    ignored: ["ernie.embeddings.position_ids"],
    unused: [
      ...["ernie.pooler.dense.weight", "ernie.pooler.dense.bias"],
      ...["cls.seq_relationship.weight", "cls.seq_relationship.bias", "cls.predictions.bias"],
    ],
  },
  names: (model, has) => [
    ...bertNames("ernie."),
    ...layer("types.vectors", "ernie.embeddings.token_type_embeddings"),
    ...layer("types.others", "ernie.embeddings.task_type_embeddings"),
    ...headNames(model, has),
  ],
  toModel(config, has) {
    const sizes = encoderSizes(config);
    const { dModel, initial } = sizes;
    const types = (vocabSize: number) => new Embedding({ vocabSize, dModel, initial });
    const withTask = () =>
      new EmbeddingPlusFirst(types(config.size("type_vocab_size", 2)), types(config.size("task_type_vocab_size", 3)));
    return encoderModel(config, sizes, has("ernie.pooler.dense.weight"), {
      ...(config.boolean("use_task_id", false) && { types: withTask() }),
      pooled: pooledHeads,
    });
  },
};
