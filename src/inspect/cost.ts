import {
  DisentangledAttention,
  DistanceEmbedding,
  Embedding,
  LatentAttention,
  MixtureOfExperts,
  type Module,
  MultiHeadAttention,
  Pooler,
  PositionalEncoding,
  RelativePositions,
  RotationTable,
  SparseMixerRouter,
  TopKRouter,
} from "../blocks";
import { Parameter } from "../tensor";
import { type Part, partsOf } from "./module-tree";

/** What a model only looks up, and what works on whole texts. */
const free = [Embedding, PositionalEncoding, RotationTable, RelativePositions, DistanceEmbedding, Pooler];

/**
 * Floating-point operations for one token: 2 for every weight that it meets, a product and a sum, and in attention 2 for
 * every number of the keys and values that it looks at. Of a mixture's experts, those that the router chooses.
 *
 * @param context how many tokens attention looks at
 */
export function operationsOf(module: Module, context: number): number {
  if (free.some((Class) => module instanceof Class)) return 0;
  if (module instanceof MixtureOfExperts) return ofMixture(module, context);
  return attended(module, context) + metBy(module).reduce((sum, part) => sum + ofPart(part, context), 0);
}

/** The parts that a token meets. */
function metBy(module: Module): Part[] {
  const parts = partsOf(module);
  if (module instanceof DisentangledAttention) return parts.filter(({ name }) => !name.startsWith("distance"));
  if (!(module instanceof MultiHeadAttention)) return parts;
  // Keys of an earlier layer are computed there, and values that are the keys with them.
  const isShared = (name: string) => module.sharesKeys && (name === "key" || name === "value");
  const own = parts.filter(({ name }) => !isShared(name));
  return own.filter(({ part }, i) => own.findIndex((other) => other.part === part) === i);
}

const ofPart = ({ part }: Part, context: number): number =>
  part instanceof Parameter ? 2 * part.size : operationsOf(part, context);

function ofMixture(mixture: MixtureOfExperts, context: number): number {
  const { experts, router, shared, sharedGate } = mixture;
  const each = experts.reduce((sum, expert) => sum + operationsOf(expert, context), 0) / experts.length;
  const always = [router, shared, sharedGate].filter((part) => part !== undefined);
  const chosen = router instanceof TopKRouter ? router.topK : router instanceof SparseMixerRouter ? 2 : experts.length;
  return chosen * each + always.reduce((sum, part) => sum + operationsOf(part, context), 0);
}

/** Scores, and the sum of values, of all heads. */
function attended(module: Module, context: number): number {
  const [sizes, window] = headSizes(module);
  return 2 * sizes * Math.min(context, window);
}

function headSizes(module: Module): [sizes: number, window: number] {
  if (module instanceof MultiHeadAttention)
    return [2 * module.heads * module.headDim, module.window ?? Number.POSITIVE_INFINITY];
  if (module instanceof LatentAttention)
    return [module.heads * (module.headDim + module.rotaryDim + module.valueDim), Number.POSITIVE_INFINITY];
  if (module instanceof DisentangledAttention) return [2 * module.query.weight.shape[0]!, Number.POSITIVE_INFINITY];
  return [0, 0];
}
