import type { DecoderModel } from "../../models";
import type { ConfigFields } from "../config-fields";

/**
 * The kind of each layer, as a field lists them: `layer_types` if omitted.
 *
 * @param known the kinds that the family has
 * @param absent the kind of a layer if the field is absent
 * @param field another field that lists kinds of layers
 * @throws FormatError unless there is one known kind for each layer
 */
export function layerTypes<Kind extends string>(
  config: ConfigFields,
  layers: number,
  known: readonly Kind[],
  absent: (layer: number) => Kind,
  field = "layer_types",
): readonly Kind[] {
  const given = config.get(field);
  if (given === undefined) return Array.from({ length: layers }, (_, layer) => absent(layer));
  const isKnown = (kind: unknown): kind is Kind => known.some((one) => one === kind);
  if (!Array.isArray(given) || given.length !== layers || !given.every(isKnown))
    throw config.error(field, `a list of ${layers}, one for each layer, each ${known.join(" or ")}`);
  return given;
}

/** The numbers of the layers whose attention is of this class: their parameters have names of their own. */
export const layersOf = (model: DecoderModel, type: abstract new (...args: never[]) => object): number[] =>
  model.blocks.flatMap((block, at) => (Reflect.get(block, "attention") instanceof type ? [at] : []));
/** A layer that sees all tokens, or only those of a window. */
export type Sight = "full_attention" | "sliding_attention";

/** The kinds of layers that see all tokens or a window; `absent` says which ones slide if `layer_types` is absent. */
export const slidingLayers = (
  config: ConfigFields,
  absent: (layer: number) => boolean = () => false,
): readonly Sight[] =>
  layerTypes<Sight>(config, config.size("num_hidden_layers"), ["full_attention", "sliding_attention"], (layer) =>
    absent(layer) ? "sliding_attention" : "full_attention",
  );

/** The length of a sliding window, if there is one. */
export const slidingWindow = (config: ConfigFields): number | undefined =>
  config.get("sliding_window") === undefined ? undefined : config.whole("sliding_window");
