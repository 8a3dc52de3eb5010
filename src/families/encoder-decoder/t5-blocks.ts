import {
  DecoderBlock,
  EncoderBlock,
  FeedForward,
  type FeedForwardConfig,
  MultiHeadAttention,
  RelativePositions,
  type SequenceLayer,
} from "../../blocks";
import type { Initial } from "../../tensor";
import { activations } from "../activations";
import type { ConfigFields } from "../config-fields";

/** The parts that all feed-forward layers of a T5 have in common. */
export type T5FeedForward = FeedForwardConfig;

/** The feed-forward layer of a layer of a side. */
export type FeedForwardAt = (side: "encoder" | "decoder", layer: number, usual: T5FeedForward) => SequenceLayer;

interface Facts {
  dModel: number;
  dropout: number;
  initial: Initial;
  ownPositions?: boolean | undefined;
  feedForward?: string | undefined;
  feedForwardAt?: FeedForwardAt | undefined;
}

/** Makes the blocks of a side. Cross attention has no relative positions. */
export function t5Blocks(config: ConfigFields, { ownPositions, feedForward, feedForwardAt, ...given }: Facts) {
  const { dModel, dropout, initial } = given;
  const facts = { dModel, dropout, initial };
  const [heads, headDim] = [config.size("num_heads"), config.size("d_kv", 64)];
  const epsilon = config.epsilon("layer_norm_epsilon", 1e-6);
  const buckets = config.size("relative_attention_num_buckets", 32);
  if (buckets < 4) throw config.error("relative_attention_num_buckets", "4 or more, for both directions");
  const maxDistance = config.whole("relative_attention_max_distance", 128);
  const inner = { ...facts, ...feedForwardOf(config, feedForward), dFeedForward: config.size("d_ff"), bias: false };
  const attention = (scoreBias?: RelativePositions) =>
    new MultiHeadAttention({ ...facts, heads, headDim, bias: false, scale: 1, scoreBias });
  return (side: "encoder" | "decoder", layers: number) => {
    const causal = side === "decoder";
    const positions = () => new RelativePositions({ heads, buckets, maxDistance, causal, initial });
    const common = positions();
    return Array.from({ length: layers }, (_, layer) => {
      const fed = feedForwardAt?.(side, layer, inner) ?? new FeedForward(inner);
      const own = { attention: attention(ownPositions ? positions() : common), feedForward: fed };
      const block = { dModel, dropout, norm: "pre", normalization: "rmsNorm", epsilon, ...own } as const;
      return causal ? new DecoderBlock({ ...block, crossAttention: attention() }) : new EncoderBlock(block);
    });
  };
}

/** `relu`, `gated-gelu`, `gated-silu` …; newer files repeat it in two more fields. */
function feedForwardOf(config: ConfigFields, absent = "relu") {
  const given = String(config.get("feed_forward_proj") ?? absent);
  const [, gate, name = ""] = /^(gated-)?([^-]+)$/.exec(given) ?? [];
  const usual = given === "gated-gelu" ? "gelu_new" : name;
  if (!Object.hasOwn(activations, usual))
    throw config.error("feed_forward_proj", `one of ${Object.keys(activations).join(", ")}, or gated- and one of them`);
  return {
    activation: config.choice("dense_act_fn", activations, usual),
    gated: config.boolean("is_gated_act", gate !== undefined),
  };
}
