import {
  type Check,
  type Checks,
  checkOptions,
  expectArray,
  expectBoolean,
  expectFunction,
  expectString,
  having,
  instanceOf,
  wholeIn,
  wrongKind,
} from "../checks";
import { knownAs } from "../synonyms";
import { type Mask, type Random, ShapeError, Tensor } from "../tensor";
import { expectLengths, lengthsCheck, sameShape } from "../tensor/internal";
import type { KeyValueCache } from "./cache";
import { expectModule, type Module } from "./module";

/** [batch, seq, dModel] */
export type Sequence = readonly [batch: number, seq: number, dModel: number];

/** Sees, and may replace, the inner values that blocks report. */
export interface Tap {
  /** Whether it wants this site of this module. Values that are not wanted may not be computed. */
  sees(module: Module, site: string): boolean;
  /** Takes the value, and returns the tensor to continue with. */
  take(module: Module, site: string, value: Tensor): Tensor;
}

/** The options of a forward pass. Every field is optional. */
export interface Pass {
  /**
   * Which keys may be seen: "causal"; a tensor of 1 (keep) and 0 (hide) that broadcasts to [batch, heads, query, key];
   * or padding as [batch][seq].
   */
  mask?: Mask | undefined;
  /** Hide the future as well as what the mask hides. */
  causal?: boolean | undefined;
  /**
   * Added to the scores, except those of cross attention: a tensor that broadcasts to [batch, heads, query, key], such
   * as T5's relative positions.
   */
  bias?: Tensor | undefined;
  /** The position of each token, for all rows or [batch][seq]; continued from the cache if omitted. */
  positions?: readonly number[] | readonly (readonly number[])[] | undefined;
  /**
   * The number of tokens of each text, for texts that stand end to end in the only row, [1][all tokens], without padding:
   * each is computed as if it were alone, and vectors of whole texts are [texts, …]. Positions begin again with each text.
   * A mask or bias then broadcasts to [texts, heads, longest, longest]. All modules must keep texts apart; see
   * `Module.keepsTextsApart`.
   */
  lengths?: readonly number[] | undefined;
  /** Keys and values of earlier tokens. */
  cache?: KeyValueCache | undefined;
  /** Dropout happens if and only if this is given. */
  rng?: Random | undefined;
  /** What cross attention looks at, [batch, source, dModel]. */
  memory?: Tensor<Sequence> | undefined;
  /** Which positions of the memory may be seen: padding as [batch][source], or a tensor as for `mask`. */
  memoryMask?: Mask | undefined;
  /** Token type ids, [batch][seq]. */
  types?: readonly (readonly number[])[] | undefined;
  tap?: Tap | undefined;
  /** What modules of one pass compute once and use together; see `shared`. If omitted, a model makes it for each pass. */
  shared?: Map<object, unknown> | undefined;
}

const expectTensor: Check = instanceOf(Tensor, "a Tensor");
const checkSeq: Check = /* @__PURE__ */ wholeIn({ least: 0, most: 2 ** 32 - 1 });

const expectMask: Check = (where, name, value) => {
  if (value !== "causal" && !(value instanceof Tensor) && !Array.isArray(value))
    throw wrongKind(where, name, '"causal", a Tensor, or an array of [batch][key]', value);
};

const checks: Checks<Pass> = /* @__PURE__ */ knownAs(
  {
    options: [
      "memoryMask encoderAttentionMask memoryKeyPaddingMask crossAttentionMask crossMask",
      "memory encoderHiddenStates encoderOutputs",
      "types tokenTypeIds tokenTypes segmentIds",
      "positions positionIds",
      "cache pastKeyValues useCache kvCache keyValueCache",
      "rng generator prng",
      "lengths seqLens sequenceLengths seqlens segments",
    ],
    advice: [
      ["tap", "outputAttentions outputHiddenStates needWeights returnAttention", "inspect gives inner values"],
      ["rng", "training train isTraining", "there is dropout if and only if rng is given"],
    ],
  },
  {
    mask: expectMask,
    causal: expectBoolean,
    bias: expectTensor,
    positions: expectArray,
    lengths: lengthsCheck,
    cache: having(["append", "remember", "admit", "begin", "advance"], "a KeyValueCache"),
    rng: having(["stream", "bits"], "a Random, as random(seed) gives"),
    memory: expectTensor,
    memoryMask: expectMask,
    types: expectArray,
    tap: having(["sees", "take"], "an object with sees and take"),
    shared: instanceOf(Map, "a Map"),
  },
);

/**
 * @param unused fields that would be ignored, and why
 * @throws TypeError for a field that is unknown, of the wrong kind, or without effect here
 */
export function checkPass(where: string, pass: unknown, unused: Unused = {}): asserts pass is Pass {
  if (pass instanceof Tensor)
    throw new TypeError(
      `${where}: the pass must be an object such as { mask, positions, memory }, not a Tensor; for cross attention pass { memory: tensor }`,
    );
  checkOptions(where, pass, checks);
  if (pass.lengths !== undefined) checkTexts(where, pass);
  for (const name in unused)
    if (pass[name as keyof Pass] !== undefined)
      throw new TypeError(`${where}: pass.${name} has no effect here: ${unused[name as keyof Pass]}`);
}

/** @throws TypeError for fields that texts end to end cannot have */
function checkTexts(where: string, { mask, cache, memory }: Pass): void {
  if (Array.isArray(mask))
    throw new TypeError(`${where}: pass.mask must not be padding if pass.lengths is given: texts end to end have none`);
  for (const [name, value] of Object.entries({ cache, memory }))
    if (value !== undefined)
      throw new TypeError(`${where}: pass.${name} cannot be used with pass.lengths; run one text at a time`);
}

/** Fields of a pass that have no effect in a model, and why. */
export type Unused = { readonly [Name in keyof Pass]?: string };

/** Reports an inner value, and returns the tensor to continue with. */
export function tap<T extends Tensor>(pass: Pass, module: Module, site: string, value: T): T {
  // Each forward has checked the fields of the pass.
  if (typeof pass !== "object" || pass === null) throw wrongKind("tap", "pass", "a pass", pass);
  expectModule("tap", "module", module);
  expectString("tap", "site", site);
  expectTensor("tap", "value", value);
  if (!pass.tap?.sees(module, site)) return value;
  const taken = pass.tap.take(module, site, value);
  expectTensor("tap", "the value returned by take", taken);
  if (!sameShape(taken.shape, value.shape))
    throw new ShapeError(
      `tap: "${site}" has shape [${value.shape.join(", ")}], but its replacement has shape [${taken.shape.join(", ")}]`,
    );
  return taken as T;
}

/**
 * A value that modules of one pass use together: the first one that asks computes it. Without `pass.shared`, where a
 * module runs by itself, it is computed each time.
 *
 * @param key what the value belongs to, such as the module that computes it
 */
export function shared<T>(pass: Pass, key: object, compute: () => T): T {
  // Each forward has checked the fields of the pass.
  if (typeof pass !== "object" || pass === null) throw wrongKind("shared", "pass", "a pass", pass);
  if (typeof key !== "object" || key === null) throw wrongKind("shared", "key", "an object", key);
  expectFunction("shared", "compute", compute);
  const { shared: values } = pass;
  if (values === undefined) return compute();
  if (!values.has(key)) values.set(key, compute());
  return values.get(key) as T;
}

/** The pass of a whole model: nothing is shared yet, unless a larger model has begun. */
export const sharing = (pass: Pass): Pass => (pass.shared ? pass : { ...pass, shared: new Map() });

/** The positions of `seq` tokens after those in the cache. */
export function positionsOf(pass: Pass, seq: number): readonly number[] | readonly (readonly number[])[] {
  checkPass("positionsOf", pass);
  checkSeq("positionsOf", "seq", seq);
  if (pass.positions !== undefined) return pass.positions;
  if (pass.lengths !== undefined) {
    expectLengths("positionsOf", pass.lengths, "x", { shape: [1, seq] });
    return pass.lengths.flatMap((length) => Array.from({ length }, (_, i) => i));
  }
  const start = pass.cache?.length ?? 0;
  const positions: number[] = [];
  for (let i = 0; i < seq; i++) positions.push(start + i);
  return positions;
}
