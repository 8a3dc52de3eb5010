import { arrayOf, type Check, type Checks, expectBoolean, numberIn, oneOf, wholeIn, wrongKind } from "../../checks";
import type { DryOptions, MirostatOptions, WatermarkOptions, XtcOptions } from "../options";

export const token = wholeIn({ least: 0 });
export const tokens = arrayOf(token, "an array of token ids");
/** In (0, 1]. */
export const share = numberIn({ above: 0, most: 1 });
/** In (0, 1). */
export const cutoff = numberIn({ above: 0, below: 1 });
export const positive = numberIn({ above: 0 });
export const anyNumber = numberIn();
export const count = wholeIn({ least: 0 });
export const atLeastOne = wholeIn({ least: 1 });

/** Lists of tokens, none of them empty. */
export const words: Check = (where, name, value) => {
  arrayOf(tokens, "rows of token ids")(where, name, value);
  const empty = (value as readonly (readonly number[])[]).findIndex((word) => word.length === 0);
  if (empty >= 0) throw new RangeError(`${where}: ${name}[${empty}] has no tokens`);
};

/** A token, or a list of at least one. */
export const tokenOrTokens: Check = (where, name, value) => {
  if (typeof value === "number") return token(where, name, value);
  tokens(where, name, value);
  if ((value as readonly number[]).length === 0) throw new RangeError(`${where}: ${name} is empty; name a token`);
};

export const biases = arrayOf((where, name, value) => {
  if (!Array.isArray(value) || value.length !== 2) throw wrongKind(where, name, "[tokens, bias]", value);
  tokens(where, `${name}[0]`, value[0]);
  if (value[0].length === 0) throw new RangeError(`${where}: ${name}[0] has no tokens`);
  anyNumber(where, `${name}[1]`, value[1]);
}, "an array of [tokens, bias]");

/** For filters: they may have to leave a number of tokens. */
export interface KeepOptions {
  /** The smallest number of tokens to keep; 1 if omitted. Beams need one more than there are end tokens. */
  readonly keep?: number | undefined;
}
export const keepChecks: Checks<KeepOptions> = { keep: atLeastOne };

/** For processors that treat end tokens differently. */
export interface EndOptions {
  /** The tokens that end a row; none if omitted. */
  readonly endTokens?: readonly number[] | undefined;
}
export const endChecks: Checks<EndOptions> = { endTokens: tokens };

/** From `start` new tokens on, end tokens become more probable. */
export interface DecayOptions {
  readonly start: number;
  readonly factor: number;
}
export const decayChecks: Checks<DecayOptions> = { start: count, factor: positive };
export const beginChecks: Checks<{ afterForced?: boolean | undefined }> = { afterForced: expectBoolean };
export const mirostatChecks: Checks<MirostatOptions> = { tau: positive, eta: positive };
export const xtcChecks: Checks<XtcOptions> = { threshold: cutoff, probability: share };
export const dryChecks: Checks<DryOptions> = {
  multiplier: numberIn({ least: 0 }),
  base: numberIn({ least: 1 }),
  allowedLength: count,
  range: atLeastOne,
  breakers: tokens,
};
export const watermarkChecks: Checks<WatermarkOptions> = {
  greenShare: cutoff,
  bias: anyNumber,
  key: count,
  seeding: oneOf(["left", "self"]),
  width: atLeastOne,
};
