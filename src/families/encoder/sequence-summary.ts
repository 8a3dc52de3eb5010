import { Pooler, TokenPooling } from "../../blocks";
import type { ConfigFields } from "../config-fields";
import { activations } from "../settings";
import type { EncoderSizes } from "./encoder-sizes";

/** The vector of a text that a choice is scored by, from the `summary_…` fields of a config. */
export function summaryOf(
  config: ConfigFields,
  { dModel, initial }: EncoderSizes,
  defaults: { kind: "first" | "last"; activation?: string },
): Pooler | TokenPooling {
  // Without a place of its own, the summary of "cls_index" is at the last one.
  const kinds = { first: "first", last: "last", mean: "mean", cls_index: "last" } as const;
  const pooling = new TokenPooling({ kind: config.choice("summary_type", kinds, defaults.kind) });
  const projected = defaults.activation !== undefined;
  config.only({ summary_use_proj: projected, summary_proj_to_labels: undefined });
  if (!projected) config.only({ summary_activation: undefined });
  if (!projected) return pooling;
  const named = { ...activations, "": activations.linear };
  const activation = config.choice("summary_activation", named, defaults.activation);
  return new Pooler({ dModel, pooling, activation, dropout: config.rate("summary_first_dropout", 0), initial });
}
