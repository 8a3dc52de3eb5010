import type { DecoderModel } from "../../models";
import type { Family } from "../family";
import { layer } from "../name-map";
import { layerTypes } from "../reading/layer-types";
import { graniteMoe, graniteMoeModel } from "./granite-moe";

/**
 * Granite 4: mixtures with a shared expert, or that expert alone; rotary positions or none. Models with Mamba layers are
 * refused.
 *
 * @see IBM Research 2025, Granite 4.0
 */
export const graniteMoeHybrid: Family<DecoderModel> = {
  ...graniteMoe,
  modelTypes: ["granitemoehybrid"],
  classes: "GraniteMoeHybrid",
  aliases: { layers_block_type: "layer_types" },
  defaults: {
    max_position_embeddings: 2048,
    num_attention_heads: 32,
    num_hidden_layers: 32,
    ...graniteMoe.defaults,
    shared_intermediate_size: 1024,
    intermediate_size: 11008,
  },
  names: (model, has) => [
    ...graniteMoe.names(model, has),
    ...layer(["blocks.*.feedForward.gate", "blocks.*.feedForward.up"], "model.layers.*.shared_mlp.input_linear"),
    ...layer("blocks.*.feedForward.down", "model.layers.*.shared_mlp.output_linear"),
  ],
  toModel(config) {
    // Without the field, all layers are Mamba's.
    layerTypes(config, config.size("num_hidden_layers"), ["full_attention", "attention"], () => {
      throw config.error("layer_types", "attention in each layer, because Mamba layers are not supported");
    });
    const shared = config.size("shared_intermediate_size");
    const isRotary = config.choice("position_embedding_type", { rope: true, none: false }, "none");
    return graniteMoeModel(config, shared, { dense: true, attention: isRotary ? {} : { position: undefined } });
  },
};
