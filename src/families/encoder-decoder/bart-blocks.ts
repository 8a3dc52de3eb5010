import { DecoderBlock, EncoderBlock } from "../../blocks";
import type { Initial } from "../../tensor";
import { activations } from "../activations";
import type { ConfigFields } from "../config-fields";

export type Side = "encoder" | "decoder";

interface Facts {
  dModel: number;
  dropout: number;
  norm: "pre" | "post";
  initial: Initial;
  /** That of a config that names none; gelu if omitted. */
  activation?: string | undefined;
  crossAttention?: boolean | undefined;
}

/** The blocks of a side, whose fields begin with its name. */
export function bartBlocks(config: ConfigFields, side: Side, facts: Facts) {
  const { activation = "gelu", crossAttention, ...common } = facts;
  const block = {
    ...common,
    heads: config.size(`${side}_attention_heads`),
    dFeedForward: config.size(`${side}_ffn_dim`),
    activation: config.choice("activation_function", activations, activation),
    attentionDropout: config.rate("attention_dropout", 0),
    feedForwardDropout: config.rate("activation_dropout", 0),
  };
  return Array.from({ length: config.whole(`${side}_layers`) }, () =>
    side === "encoder" ? new EncoderBlock(block) : new DecoderBlock({ ...block, crossAttention }),
  );
}
