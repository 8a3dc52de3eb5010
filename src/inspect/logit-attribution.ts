import { type Module, OutputHead, type Pass } from "../blocks";
import { checkPass } from "../blocks/internal";
import { type Checks, checkOptions, expectBoolean, wholeIn } from "../checks";
import { knownAs } from "../synonyms";
import { embedding, type Ids, type Tensor } from "../tensor";
import type { LogitAttribution } from "./attribution-parts";
import { beforeNorm, dot } from "./final-norm";
import { headParts } from "./head-parts";
import { inspected } from "./inspected";
import { headOf, type LensModel } from "./logit-lens";

/** Options of `logitAttribution`. */
export interface LogitAttributionOptions {
  /** The token whose logit is taken apart. */
  token: number;
  /** A token whose logit is subtracted; none if omitted. */
  against?: number | undefined;
  /** Where in the text; the last position if omitted. Negative numbers count from the end. */
  position?: number | undefined;
  /** Whether attention is taken apart by heads; false if omitted. */
  heads?: boolean | undefined;
}

const token = /* @__PURE__ */ wholeIn({ least: 0 });
const checks: Checks<LogitAttributionOptions> = /* @__PURE__ */ knownAs(
  {
    options: [
      "token answer target correct answerToken label",
      "against wrong incorrect other baseline distractor",
      "position index",
      "heads perHead byHead",
    ],
  },
  { token, against: token, position: /* @__PURE__ */ wholeIn(), heads: expectBoolean },
);

/**
 * Direct logit attribution: which layers write a logit into the residual stream. The stream x before the final norm is a
 * sum of parts, and the logit of a token with weights w is w · norm(x) + b. With the scale σ that the norm has found,
 * this is linear in x, so that the logit is the sum of what its parts add, exactly: (w ⊙ γ / σ) · (part − mean(part)).
 *
 * Of a decoder whose blocks add to the stream (norm "pre", "sandwich" or "output"). A softcap of the logits, as in
 * Gemma 2, is left out: it comes after the sum.
 *
 * @param ids one text, [1][seq]
 * @throws TypeError for a model without a linear head; RangeError if its blocks do more than add to the stream, or for a
 * token or position that is not there
 * @see Elhage et al. 2021, A Mathematical Framework for Transformer Circuits; Wang et al. 2022 (arXiv 2211.00593),
 * section 3
 * @example
 * ```ts
 * import { gpt } from "transformer-blocks";
 * import { logitAttribution } from "transformer-blocks/inspect";
 * const model = gpt({ vocabSize: 8, contextLength: 16, dModel: 8, heads: 2, layers: 1 }, { seed: 1 });
 * const { parts, total } = logitAttribution(model, [[1, 2, 3]], { token: 5, against: 4 });
 * parts.map(({ place }) => place); // ["embedding", "blocks.0.attentionAdded", "blocks.0.feedForwardAdded", "bias"]
 * Math.abs(parts.reduce((sum, { value }) => sum + value, 0) - total) < 1e-5; // true
 * ```
 */
export function logitAttribution(
  model: LensModel,
  ids: Ids,
  options: LogitAttributionOptions,
  pass: Pass = {},
): LogitAttribution {
  const projection = linearHead(headOf("logitAttribution", model));
  checkOptions("logitAttribution", options, checks, ["token"]);
  checkPass("logitAttribution", pass, { tap: "logitAttribution sets it; omit it" });
  const run = (inner: Pass) => model.hidden(ids, { ...pass, ...inner });
  const { record } = inspected("logitAttribution", model, run, { sites: [isPart(options.heads)] });
  const at = vectorsAt(record, options.position);
  const stream = at(`blocks.${model.blocks.length - 1}.output`);
  const difference = directionOf(projection, options);
  const { direction, bias } = beforeNorm("logitAttribution", model.norm, stream, difference.weights);
  const parts = addedIn(model, record, at).flatMap(({ place, vector }) =>
    options.heads && /[aA]ttentionAdded$/.test(place)
      ? headParts(model, record, { place, vector, direction, position: positionOf(record, options.position) })
      : [{ place, value: dot(vector, direction) }],
  );
  const total = dot(stream, direction) + bias + difference.bias;
  return { total, parts: [...parts, { place: "bias", value: bias + difference.bias }] };
}

const isPart =
  (heads: boolean | undefined) =>
  (place: string): boolean =>
    place === "embedding" ||
    /^blocks\.\d+\.(input|output|(.*\.)?\w+Added)$/.test(place) ||
    (heads === true && /^blocks\..*[aA]ttention\.heads$/.test(place));

/** @throws TypeError unless logits are a linear function of what the head gets, but for a softcap */
function linearHead(head: Module): OutputHead {
  if (head instanceof OutputHead && head.kind === "languageModel" && !head.transform) return head;
  throw new TypeError(
    "logitAttribution: the model's head is not one layer; it needs an OutputHead of kind languageModel without a transform",
  );
}

/** The direction of a logit, or of the difference of two, and its bias. */
function directionOf({ projection, scale }: OutputHead, { token, against }: LogitAttributionOptions) {
  const vocabSize = projection.weight.shape[0]!;
  const rowOf = (name: string, id: number) => {
    if (id >= vocabSize)
      throw new RangeError(`logitAttribution: ${name} is ${id}, but the vocabulary has ${vocabSize} tokens`);
    return { weights: embedding([id], projection.weight).data, bias: projection.bias?.data[id] ?? 0 };
  };
  const plus = rowOf("token", token);
  const minus = against === undefined ? undefined : rowOf("against", against);
  return {
    weights: Float64Array.from(plus.weights, (weight, i) => scale * (weight - (minus?.weights[i] ?? 0))),
    bias: scale * (plus.bias - (minus?.bias ?? 0)),
  };
}

function positionOf(record: ReadonlyMap<string, Tensor>, position = -1): number {
  const [batch, seq] = record.get("embedding")!.shape;
  if (batch !== 1) throw new RangeError(`logitAttribution: ids have ${batch} rows; give one text at a time`);
  const place = position < 0 ? position + seq! : position;
  if (place < 0 || place >= seq!)
    throw new RangeError(`logitAttribution: position is ${position}, but the text has ${seq} tokens`);
  return place;
}

/** The vector of a place at the position. */
function vectorsAt(record: ReadonlyMap<string, Tensor>, position: number | undefined) {
  const at = positionOf(record, position);
  return (place: string): Float32Array => {
    const value = record.get(place);
    if (value === undefined)
      throw new RangeError(
        `logitAttribution: nothing was reported at "${place}"; end its forward with tap(pass, this, …)`,
      );
    const width = value.shape[2]!;
    return value.data.subarray(at * width, (at + 1) * width);
  };
}

interface Added {
  place: string;
  vector: Float32Array;
}

/** Everything that is added to the stream. @throws RangeError for a block that does more than add */
function addedIn(model: LensModel, record: ReadonlyMap<string, Tensor>, at: (place: string) => Float32Array): Added[] {
  const found: Added[] = [{ place: "embedding", vector: at("embedding") }];
  model.blocks.forEach((_, layer) => {
    const own = [...record.keys()].filter((place) => place.startsWith(`blocks.${layer}.`) && place.endsWith("Added"));
    const added = own.map((place) => ({ place, vector: at(place) }));
    const [input, output] = [at(`blocks.${layer}.input`), at(`blocks.${layer}.output`)];
    const size = [...input, ...output].reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    if (!Number.isFinite(size))
      throw new RangeError(
        `logitAttribution: the residual stream of blocks.${layer} has numbers that are infinite or NaN, so that no part adds anything definite; look for the first such record with inspect`,
      );
    const isSum = output.every((value, i) => {
      const sum = added.reduce((total, { vector }) => total + vector[i]!, input[i]!);
      return Math.abs(sum - value) <= 1e-4 * size;
    });
    if (!isSum)
      throw new RangeError(
        `logitAttribution: blocks.${layer} does more than add to the residual stream, as one with norm: "post" does, so that a logit is no sum of its parts`,
      );
    found.push(...added);
  });
  return found;
}
