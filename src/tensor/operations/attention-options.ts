import { type Checks, checkOptions, expectBoolean, numberIn, unchecked, wholeIn, wrongKind } from "../../checks";
import { ShapeError } from "../../errors";
import type { AttentionSpec, Spread } from "../../kernels";
import { knownAs } from "../../synonyms";
import { indices } from "../ids";
import { broadcastSteps, checkSize, show, sizeOf } from "../shape";
import { elsewhereOf } from "../storage";
import { expectTensor, Tensor } from "../tensor";
import { checkDropout, choosePlaces, type DropoutOptions } from "./dropout";
import type { HeadShape } from "./rotary";
import { expectLengths, lengthsCheck, longestOf, startsOf } from "./texts";

/**
 * Which keys a query may see: `"causal"` hides the future; a tensor of 1 (keep) and 0 (hide) that broadcasts to [batch,
 * heads, query, key]; or an array [batch][key] with 0 for padding.
 */
export type Mask = "causal" | Tensor | readonly (readonly number[])[];

/** Options of `attention` and `attentionWeights`. */
export interface AttentionOptions {
  mask?: Mask | undefined;
  /** Hide the future as well as what the mask hides. The last query sees every key. */
  causal?: boolean | undefined;
  /**
   * Only keys less than `window` positions away are seen: query i sees key j only if |i + keys − queries − j| < window,
   * where the last query is aligned with the last key. With `causal` these are the query's own position and the
   * `window` − 1 before it, as in Mistral; otherwise also the `window` − 1 after it (transformers counts one less for
   * bidirectional windows). Time per query grows with the window, not with the number of keys.
   */
  window?: number | undefined;
  /** What scores are multiplied by; 1 / √headDim if omitted. */
  scale?: number | undefined;
  /** Keeps scores between −softcap and softcap, as in Gemma 2: softcap · tanh(score / softcap). */
  softcap?: number | undefined;
  /**
   * Added to the scores after the scale and the softcap: a tensor that broadcasts to [batch, heads, query, key], such
   * as T5's relative positions or ALiBi. −Infinity hides a key.
   */
  bias?: Tensor | undefined;
  /**
   * One more score of each head [heads], which takes its share of the softmax and has no value: weights sum to less than
   * one, as in gpt-oss. While gradients are recorded, the matrix of weights is built.
   */
  sinks?: Tensor | undefined;
  /** Dropout of the weights. With the same random numbers, it equals `dropout(attentionWeights(q, k), …)`. */
  dropout?: DropoutOptions | undefined;
  /** The number of keys in use, if k and v are a cache with room for more. */
  keys?: number | undefined;
  /**
   * The number of tokens of each text, for texts that stand end to end in the only row: q, k and v are [1, all tokens, …],
   * and each text sees only itself. A mask and a bias then broadcast to [texts, heads, longest, longest], of which a text
   * uses as much as it is long. While gradients are recorded, and for dropout, texts are padded to the longest.
   */
  lengths?: readonly number[] | undefined;
}

/** The normal numbers of float32. */
const SMALLEST = 2 ** -126;
const LARGEST = (2 - 2 ** -23) * 2 ** 127;

const attentionChecks: Checks<AttentionOptions> = /* @__PURE__ */ knownAs(
  {
    options: [
      "mask attentionMask attnMask srcMask keyPaddingMask paddingMask srcKeyPaddingMask tgtMask tgtKeyPaddingMask",
      "causal isCausal useCausalMask tgtIsCausal",
      "window slidingWindow windowSize",
      "softcap attnLogitSoftcapping logitSoftcapping",
      "scale softmaxScale smScale attnScale",
      "lengths seqLens sequenceLengths seqlens segments",
    ],
  },
  {
    mask: unchecked,
    causal: expectBoolean,
    window: /* @__PURE__ */ wholeIn({ least: 1 }),
    scale: /* @__PURE__ */ numberIn({ least: -LARGEST, most: LARGEST }),
    softcap: expectSoftcap,
    bias: expectTensor,
    sinks: expectTensor,
    dropout: (where, name, value) => checkDropout(`${where}: ${name}`, value),
    keys: /* @__PURE__ */ wholeIn({ least: 0 }),
    lengths: lengthsCheck,
  },
);

function expectSoftcap(where: string, name: string, value: unknown): void {
  if (typeof value !== "number") throw wrongKind(where, name, "a positive float32 number", value);
  if (!(value >= SMALLEST && value <= LARGEST))
    throw new RangeError(`${where}: ${name} must be a positive float32 number, not ${value}`);
}

/** The arguments for the kernels, after all checks. */
export function attentionSpec(
  operation: string,
  q: Tensor,
  k: Tensor,
  v: Tensor,
  options: AttentionOptions,
): AttentionSpec {
  expectHeads(operation, "q", q);
  expectHeads(operation, "k", k);
  expectHeads(operation, "v", v);
  checkOptions(operation, options, attentionChecks);
  const [batch, queries, heads, headDim] = q.shape as HeadShape;
  const [, capacity, keyValueHeads] = k.shape as HeadShape;
  const keys = options.keys ?? capacity;
  if (k.shape[0] !== batch || k.shape[3] !== headDim || heads % keyValueHeads !== 0)
    throw new ShapeError(
      `${operation}: q ${show(q.shape)} does not fit k ${show(k.shape)}: their axes are [batch, seq, heads, headDim]`,
    );
  if (v.shape[0] !== batch || v.shape[1] !== capacity || v.shape[2] !== keyValueHeads)
    throw new ShapeError(`${operation}: k ${show(k.shape)} does not fit v ${show(v.shape)}`);
  if (keys > capacity)
    throw new RangeError(`${operation}: keys must be a whole number from 0 to ${capacity}, not ${keys}`);
  const { window, softcap, sinks } = options;
  if (sinks && (sinks.rank !== 1 || sinks.shape[0] !== heads))
    throw new ShapeError(`${operation}: sinks ${show(sinks.shape)} is not [heads], [${heads}]`);
  const { lengths } = options;
  if (lengths) expectTexts(operation, lengths, q, k, options);
  const longest = lengths && longestOf(lengths);
  const scores: HeadShape = lengths ? [lengths.length, heads, longest!, longest!] : [batch, heads, queries, keys];
  return {
    batch: scores[0],
    queries: scores[2],
    keys: scores[3],
    capacity: longest ?? capacity,
    starts: lengths && startsOf(lengths),
    heads,
    keyValueHeads,
    headDim,
    valueDim: v.shape[3]!,
    // Empty vectors have products of 0 at any scale.
    scale: options.scale ?? 1 / Math.sqrt(Math.max(headDim, 1)),
    causal: options.causal === true || options.mask === "causal",
    window,
    softcap,
    mask: maskSpec(operation, options.mask, scores),
    bias: options.bias && spread(operation, "bias", options.bias, scores),
    kept: keptSpec(operation, options.dropout, scores),
  };
}

function expectTexts(
  operation: string,
  lengths: readonly number[],
  q: Tensor,
  k: Tensor,
  { keys, mask }: AttentionOptions,
): void {
  expectLengths(operation, lengths, "q", q);
  expectLengths(operation, lengths, "k", k);
  if (keys !== undefined) throw new TypeError(`${operation}: keys has no effect if lengths are given`);
  if (Array.isArray(mask))
    throw new TypeError(`${operation}: texts end to end have no padding; leave out the mask, or pass a Tensor`);
}

function expectHeads(operation: string, name: string, value: Tensor): void {
  expectTensor(operation, name, value);
  if (value.rank !== 4)
    throw new ShapeError(`${operation}: ${name} ${show(value.shape)} is not [batch, seq, heads, headDim]`);
}

/** Drawn last, so that a failed check draws nothing. */
function keptSpec(operation: string, options: DropoutOptions | undefined, shape: HeadShape): AttentionSpec["kept"] {
  if (options === undefined) return undefined;
  checkDropout(`${operation}: dropout`, options);
  checkSize(operation, shape);
  return options.rate === 0 ? undefined : choosePlaces(sizeOf(shape), options);
}

function maskSpec(operation: string, mask: Mask | undefined, shape: HeadShape): AttentionSpec["mask"] {
  if (mask === undefined || mask === "causal") return undefined;
  const kept = mask instanceof Tensor ? mask : paddingMask(operation, mask, shape);
  const spec = spread(operation, "mask", kept, shape);
  if (mask instanceof Tensor) expectZerosAndOnes(operation, mask);
  return spec;
}

/** A mask on a device cannot be read here; there every number but 0 keeps its key. */
function expectZerosAndOnes(operation: string, mask: Tensor): void {
  if (elsewhereOf(mask) !== undefined) return;
  const wrong = mask.data.find((value) => value !== 0 && value !== 1);
  if (wrong !== undefined) throw new RangeError(`${operation}: the mask holds ${wrong}; 1 keeps a key, 0 hides it`);
}

function spread(operation: string, name: string, x: Tensor, shape: HeadShape): Spread {
  expectTensor(operation, name, x);
  const steps = broadcastSteps(x.shape, shape);
  if (steps === undefined)
    throw new ShapeError(
      `${operation}: the ${name} ${show(x.shape)} does not broadcast to [batch, heads, query, key] ${show(shape)}`,
    );
  return { values: x.buffer, shape: x.shape, steps: steps as [number, number, number, number] };
}

/** [batch][key] → [batch, 1, 1, key] */
function paddingMask(operation: string, mask: unknown, [batch, , , keys]: HeadShape): Tensor {
  if (!Array.isArray(mask)) throw wrongKind(operation, "mask", '"causal", a Tensor or an array of [batch][key]', mask);
  const { values, shape } = indices(`${operation}: mask`, mask, 2);
  if (shape.length !== 2 || shape[0] !== batch || shape[1] !== keys)
    throw new ShapeError(`${operation}: the mask ${show(shape)} is not [batch][key] ${show([batch, keys])}`);
  return new Tensor([batch, 1, 1, keys], Float32Array.from(values));
}
