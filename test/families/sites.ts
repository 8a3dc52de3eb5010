import { readFileSync } from "node:fs";
import type { Module, Pass } from "../../src/blocks";
import * as blocks from "../../src/blocks";
import type { Model } from "../../src/families";
import { inspect } from "../../src/inspect";
import type { Tensor } from "../../src/tensor";

/** The rows of docs/inspect.md's table: what kind of module reports what, in which shape. */
function documented(): Map<string, Map<string, string>> {
  const page = readFileSync(new URL("../../docs/inspect.md", import.meta.url), "utf8");
  const table = /<!-- sites -->\n([\s\S]*?)<!-- \/sites -->/.exec(page)![1]!;
  const kinds = new Map<string, Map<string, string>>();
  let kind = "";
  for (const line of table.trim().split("\n").slice(2)) {
    const [, of, site, shape] = line.split("|").map((cell) => cell.trim().replaceAll("`", ""));
    kind = of || kind;
    kinds.set(kind, (kinds.get(kind) ?? new Map()).set(site!, shape!));
  }
  return kinds;
}

export const table = documented();

const named = (...names: string[]) => new RegExp(`^(${names.join("|")})$`);

/** Which classes are of which kinds of the table. */
const kindsOf: readonly (readonly [RegExp, ...kinds: string[]])[] = [
  [named("DecoderModel", "EncoderModel"), "models"],
  [named("EncoderDecoderModel"), "encoder-decoders"],
  [named("DecoderBlock", "EncoderBlock", "ParallelBlock", "LaurelBlock"), "blocks"],
  [named("ConvolvedBlock", "PerLayerBlock", "AlternatingBlock"), "blocks around a block"],
  [named("LayerNorm", "RMSNorm", "Unchanged", "PerHeadNorm"), "norms"],
  [named("MultiHeadAttention", "DisentangledAttention"), "attention"],
  [named("LatentAttention"), "attention", "latent attention"],
  [named("KeyIndexer"), "choices of keys"],
  [named("GatedDeltaNet"), "delta nets"],
  [named("ShortConvolution"), "short convolutions"],
  [named("CausalConvolution"), "convolutions"],
  [named("FeedForward", "ClampedFeedForward"), "feed-forward layers"],
  [named("MixtureOfExperts"), "mixtures of experts"],
  [named("TopKRouter", "SparseMixerRouter"), "routers"],
  [named("Pooler"), "poolers"],
  [named("OutputHead"), "heads"],
];

/** Where a module has a site only if it has a part. */
const needs: Readonly<Record<string, (module: Module) => boolean>> = {
  crossAttentionAdded: (module) => "crossAttention" in module && module.crossAttention !== undefined,
  crossed: (module) => "crossAttention" in module && module.crossAttention !== undefined,
  convolution: (module) => module instanceof blocks.ConvolvedBlock,
  queryLatent: (module) => module instanceof blocks.LatentAttention && module.queryLatent !== undefined,
  key: (module) => !(module instanceof blocks.MultiHeadAttention && module.sharesKeys),
  value: (module) => !(module instanceof blocks.MultiHeadAttention && module.sharesKeys),
  scores: (module) => !(module instanceof blocks.SparseMixerRouter),
};

/** The sites of a module and their shapes; undefined for a class without. */
function sitesOf(module: Module): Map<string, string> | undefined {
  const found = kindsOf.find(([classes]) => classes.test(module.constructor.name));
  const rows = found?.slice(1).flatMap((kind) => [...table.get(kind as string)!]);
  return rows && new Map(rows.filter(([site]) => needs[site]?.(module) ?? true));
}

/** Modules that a run may leave out: experts that no token chose, and what makes one vector of a text. */
const isOptional = (path: string) => /(^|\.)(experts\.\d+|pooler|sentence)(\.|$)/.test(path);

interface Run {
  model: Model;
  run: (pass: Pass) => Tensor;
  /** The lengths of texts. */
  ids: number[][];
  targets: number[][] | undefined;
}

/** Runs a model, and returns what is not as docs/inspect.md says. */
export function faults({ model, run, ids, targets }: Run): string[] {
  const { record } = inspect(model, run, { sites: ["**"] });
  const left = new Set(record.keys());
  const wrong: string[] = [];
  for (const [path, module] of model.modules()) {
    const sites = sitesOf(module);
    if (sites === undefined || (isOptional(path) && !left.has(placeOf(path, "output")))) continue;
    const known = numbersOf(module, path, ids, targets);
    for (const [site, shape] of sites) {
      const place = placeOf(path, site);
      const value = record.get(place);
      left.delete(place);
      if (value === undefined) wrong.push(`${place} is not reported`);
      else if (!fits(value.shape, shape, known)) wrong.push(`${place} is [${value.shape}], not ${shape}`);
    }
  }
  // A block in several places has only its first path in the list of modules.
  const firstOf = (place: string) => place.replace(/^((?:\w+\.)?blocks)\.\d+/, "$1.0");
  const others = [...left].filter((place) => left.has(firstOf(place)) || !record.has(firstOf(place)));
  return [...wrong, ...others.map((place) => `${place} is in no row of the table`), ...silent(model, record)];
}

const placeOf = (path: string, site: string) => (path === "" ? site : `${path}.${site}`);

/** Blocks and their parts that report nothing, of whatever class they are. */
function silent(model: Model, record: ReadonlyMap<string, Tensor>): string[] {
  const part = /(^|\.)blocks\.\d+(\.block)*(\.(attention|crossAttention|feedForward|\w*Norm|norm))?$/;
  const paths = [...model.modules().keys()].filter((path) => part.test(path));
  return paths.filter((path) => !record.has(`${path}.output`)).map((path) => `${path} reports no output`);
}

/** What the names in shapes stand for. */
function numbersOf(module: Module, path: string, ids: number[][], targets: number[][] | undefined) {
  const known = new Map<string, number>();
  const [source, target] = [ids[0]!.length, (targets ?? ids)[0]!.length];
  if (!/\.experts\.\d+/.test(path)) {
    known.set("batch", ids.length);
    known.set("source", source);
    known.set("seq", path.startsWith("encoder") ? source : target);
    known.set("keys", path.includes("crossAttention") || path.startsWith("encoder") ? source : target);
  }
  for (const [name, value] of Object.entries(module)) if (typeof value === "number") known.set(name, value);
  if (module instanceof blocks.GatedDeltaNet) known.set("heads", module.valueHeads);
  if (module instanceof blocks.LatentAttention) {
    known.set("headDim", module.headDim + module.rotaryDim);
    known.set("keyValueHeads", module.heads);
  }
  if (module instanceof blocks.DisentangledAttention) known.set("keyValueHeads", module.heads);
  if (module instanceof blocks.MultiHeadAttention) known.set("valueDim", module.headDim);
  if (module instanceof blocks.SparseMixerRouter) known.set("topK", 2);
  return known;
}

/** Whether a shape is as `[batch, seq, …]` says. Names that are not known yet are learnt. */
function fits(shape: readonly number[], wanted: string, known: Map<string, number>): boolean {
  const names = wanted.slice(1, -1).split(", ");
  const gap = names.indexOf("…");
  if (gap >= 0) names.splice(gap, 1, ...Array<string>(Math.max(0, shape.length - names.length + 1)).fill("…"));
  return (
    names.length === shape.length &&
    names.every((name, i) => {
      // Queries and keys of latent attention have ranks of their own.
      if (name === "…" || name === "rank") return true;
      if (!known.has(name)) known.set(name, /^\d+$/.test(name) ? Number(name) : shape[i]!);
      return known.get(name) === shape[i];
    })
  );
}
