import { expectBoolean, expectRecord, numberIn, oneOf, wholeIn } from "../checks";
import { knownAs } from "../synonyms";
import type { Initial } from "../tensor";
import { initial, type KindChecks, size } from "./checks";
import type { RotaryScaling } from "./rotary-scaling";

/** The kind of a `PositionalEncoding`, with the sizes of that kind. */
export type PositionalEncodingConfig =
  | {
      kind: "sinusoidal";
      dModel: number;
      layout?: "interleaved" | "halves" | undefined;
      /** The last θᵢ is exactly 1/10000, as in tensor2tensor and fairseq: θᵢ = 10000^(−i / (dModel/2 − 1)). */
      inclusive?: boolean | undefined;
      /** Added to every position; 0 if omitted. */
      offset?: number | undefined;
    }
  | {
      kind: "learned";
      dModel: number;
      contextLength: number;
      /** The number of rows before that of position 0, the last of which is for padding; 0 if omitted. */
      offset?: number | undefined;
      initial?: Initial | undefined;
    }
  | {
      kind: "rotary";
      headDim: number;
      base?: number | undefined;
      /** The number of leading dimensions of a head to rotate, rounded up to whole pairs; all if omitted, none if 0. */
      dimensions?: number | undefined;
      interleaved?: boolean | undefined;
      /** Rotates by −m θᵢ; false if omitted. */
      reversed?: boolean | undefined;
      /** How frequencies are changed for longer texts. */
      scaling?: RotaryScaling | undefined;
    };

export const positionChecks: KindChecks<PositionalEncodingConfig> = /* @__PURE__ */ knownAs(
  {
    options: [
      "contextLength maxPositionEmbeddings nPositions nCtx blockSize maxSequenceLength maxLen maxSeqLen context seqLen seqLength sequenceLength maxTargetPositions maxSourcePositions nPos",
    ],
    words: [
      "rotary rope ropeEmbedding",
      "learned absolute learnable embedding trainable",
      "sinusoidal sin sine sinusoid fixed",
    ],
  },
  {
    sinusoidal: {
      checks: {
        ...{ dModel: size, layout: oneOf(["interleaved", "halves"]) },
        inclusive: expectBoolean,
        offset: wholeIn({ least: 0, most: 2 ** 32 }),
      },
      required: ["dModel"],
    },
    learned: {
      checks: { dModel: size, contextLength: size, offset: wholeIn({ least: 0, most: 2 ** 32 }), initial },
      required: ["dModel", "contextLength"],
    },
    rotary: {
      checks: {
        ...{
          headDim: size,
          base: numberIn({ least: 1 }),
          dimensions: wholeIn({ least: 0, most: 2 ** 32 }),
          interleaved: expectBoolean,
          reversed: expectBoolean,
        },
        // Its kind decides which fields it has.
        scaling: expectRecord,
      },
      required: ["headDim"],
    },
  },
);

/** A copy with the defaults filled in, without the initial distribution, which only the constructor needs. */
export function withDefaults(config: PositionalEncodingConfig): PositionalEncodingConfig {
  if (config.kind === "sinusoidal") return { ...config, layout: config.layout ?? "interleaved" };
  if (config.kind === "learned") {
    const { kind, dModel, contextLength, offset = 0 } = config;
    return { kind, dModel, contextLength, offset };
  }
  const { headDim, base = 10_000, dimensions = headDim, interleaved = false, reversed = false, scaling } = config;
  const rotation = { headDim, base, dimensions, interleaved, reversed };
  return { kind: "rotary", ...rotation, ...(scaling && { scaling: { ...scaling } }) };
}
