import { arrayOf, type Check, type Checks, oneOf, wholeIn, wrongKind } from "../../../checks";
import { knownAs } from "../../../synonyms";

export interface ConvolutionOptions<Sizes extends readonly number[]> {
  /** Elements from one place of the kernel to the next; 1 if omitted. */
  stride?: number | Sizes | undefined;
  /**
   * Zeros on both sides of each axis; 0 if omitted. "valid" is 0, "same" as many as keep the size, with the odd one at
   * the end.
   */
  padding?: number | Sizes | "same" | "valid" | undefined;
  /** Elements of x from one element of the kernel to the next; 1 if omitted. */
  dilation?: number | Sizes | undefined;
  /** Parts of the channels, each with its own outputs; 1 if omitted. As many as channels make it depthwise. */
  groups?: number | undefined;
}

/** A number, one for each axis, or a word. */
function sizesOf(least: number, axes: number, words: readonly string[] = []): Check {
  const isSize = wholeIn({ least });
  const areSizes = arrayOf(isSize);
  const isWord = oneOf(words);
  const wanted = [
    "a whole number",
    axes === 1 ? "an array of one" : `an array of ${axes}`,
    ...words.map((word) => `"${word}"`),
  ];
  return (where, name, value) => {
    if (typeof value === "number") isSize(where, name, value);
    else if (typeof value === "string" && words.length > 0) isWord(where, name, value);
    else if (!Array.isArray(value)) throw wrongKind(where, name, wanted.join(" or "), value);
    else {
      areSizes(where, name, value);
      if (value.length !== axes)
        throw new RangeError(`${where}: ${name} must be ${wanted.join(" or ")}, not an array of ${value.length}`);
    }
  };
}

/** The checks of a convolution along so many axes. */
export const checksFor = (axes: number): Checks<ConvolutionOptions<readonly number[]>> =>
  knownAs(
    {
      options: [
        "stride strides windowStrides",
        "padding pad pads",
        "dilation dilations dilationRate rhsDilation",
        "groups group featureGroupCount",
      ],
    },
    {
      stride: sizesOf(1, axes),
      padding: sizesOf(0, axes, ["same", "valid"]),
      dilation: sizesOf(1, axes),
      groups: wholeIn({ least: 1 }),
    },
  );
