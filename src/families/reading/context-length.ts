import type { ConfigFields } from "../config-fields";

/**
 * The largest number of tokens of a model without a table of positions: `max_position_embeddings`. Dynamic scaling of
 * rotary positions serves texts that are `factor` times longer than those of the training.
 */
export function contextLengthOf(config: ConfigFields, fallback?: number): number {
  const trained = config.whole("max_position_embeddings", fallback);
  for (const parameters of [config.object("rope_scaling"), config.object("rope_parameters")])
    if ([parameters.get("rope_type"), parameters.get("type")].includes("dynamic"))
      return Math.ceil(trained * Math.max(1, parameters.positive("factor", 1)));
  return trained;
}
