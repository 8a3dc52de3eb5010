import type { CheckpointTensor } from "../../checkpoint";
import { FormatError } from "../../errors";
import type { Activations, QuantizedFormat } from "../../kernels";
import { loadLater } from "../../later";
import { type Parameter, random } from "../../tensor";
import { sameShape, sizeOf } from "../../tensor/internal";
import { type ConfigFields, type ConfigObject, fieldsOf } from "../config-fields";
import { type Family, layersOf, type Model } from "../family";
import { type Link, linksOf } from "../name-map";
import { rememberLoaded } from "./as-loaded";
import { decompressed } from "./compressed";
import { isAsStored, toOurs, unusedRows } from "./layout";
import { matched } from "./matched";
import { type NamedTensor, type Spelled, spelled, withoutCopies } from "./stored-names";
import { keepUnused } from "./unused-weights";

/** What is loaded, and its name in errors. */
export interface Checkpoint {
  readonly config: ConfigObject;
  readonly tensors: ReadonlyMap<string, CheckpointTensor>;
  /** The directory. */
  readonly name: string;
}

/** How parameters get their values. */
interface Filling {
  weights?: QuantizedFormat | undefined;
  activations?: Activations | undefined;
  seed?: number | undefined;
}

/** The dtypes of weights. */
const floats = ["F32", "F16", "BF16", "F64"];

/**
 * The model of a checkpoint. Every parameter needs exactly one tensor, and every tensor must be used. Nothing is
 * allocated until that is checked. Then tensors are read one by one, so that only one is in memory beside the model.
 *
 * @throws FormatError that lists missing and unused tensors, or names one with the wrong shape or dtype
 */
export async function loadModel<M extends Model>(
  family: Family<M>,
  { config, tensors: published, name }: Checkpoint,
  { weights, activations, seed }: Filling = {},
): Promise<M> {
  const file = `${name}/config.json`;
  const tensors = await decompressed(published, fieldsOf(family, config, { file }), name);
  const stored = spelled(tensors, family.spelling, name);
  const fields = fieldsOf(family, config, { file, largest: countNumbers(tensors) });
  checkLayers(family, fields, stored);
  const { model, links } = declared(family, fields, stored, name);
  const own = await withoutCopies(stored, links, family.spelling, name);
  const { links: filled, fresh, kept } = matched(family, fields, links, own, { file: name, seed });
  for (const link of filled) checkTensor(link, own.get(link.theirs)!, name);
  const parameters = model.parameters();
  const quantizing = weights && (await loadLater("weights", () => import("./quantized-weights")));
  const small = new Set(quantizing?.quantizable(model));
  const rows = new Map<string, Float32Array>();
  const assign = (path: string, values: Float32Array) => {
    const parameter = parameters.get(path)!;
    if (weights && small.has(parameter)) quantizing?.prepareQuantized(parameter, { weights, activations }, values)();
    else parameter.assign(values);
  };
  for (const { ours } of fresh)
    for (const { path, shape } of ours) assign(path, parameters.get(path)!.initial(random(seed!).stream(path), shape));
  for (const link of filled) {
    const { tensor } = own.get(link.theirs)!;
    const target = isAsStored(link) ? parameters.get(link.ours[0]!.path)! : undefined;
    if (target !== undefined && !small.has(target) && (await readTo(target, tensor))) continue;
    const theirs = (await tensor.read()).toFloat32();
    if (link.unusedRows > 0) rows.set(link.theirs, unusedRows(link, theirs));
    for (const [path, values] of toOurs(link, theirs)) assign(path, values);
  }
  rememberLoaded(model, family, config, stored, own);
  await keepUnused(model, kept, own, rows);
  return model;
}

/** Reads a tensor to the memory of a parameter. @returns false if they do not store the same numbers in the same way */
async function readTo(parameter: Parameter, tensor: CheckpointTensor): Promise<boolean> {
  const room = tensor.readInto && parameter.room();
  if (room === undefined) return false;
  await tensor.readInto?.(room.values);
  room.hold();
  return true;
}

function countNumbers(tensors: ReadonlyMap<string, CheckpointTensor>): number {
  let count = 0;
  for (const { shape } of tensors.values()) count += sizeOf(shape);
  return count;
}

/** A config may claim any number of layers; the checkpoint must have them before they are constructed. */
function checkLayers(family: Family, fields: ConfigFields, stored: Spelled): void {
  for (const [field, start] of Object.entries(layersOf(family, fields))) {
    const before = start.slice(0, start.indexOf("*"));
    const indices = new Set<string>();
    for (const name of stored.keys())
      if (name.startsWith(before)) indices.add(name.slice(before.length).split(".")[0]!);
    if (fields.whole(field) > indices.size)
      throw fields.error(field, `at most ${indices.size}, the number of layers in the checkpoint (${start})`);
  }
}

function declared<M extends Model>(family: Family<M>, fields: ConfigFields, stored: Spelled, name: string) {
  const has = (theirs: string) => stored.has(theirs);
  try {
    const model = family.toModel(fields, has);
    return { model, links: linksOf(family.names(model, has), model) };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const found = `inconsistent sizes (${error.message})`;
    throw new FormatError({ file: `${name}/config.json`, found, expected: "sizes that fit together" });
  }
}

function checkTensor(link: Link, { name, tensor }: NamedTensor, file: string): void {
  const at = `tensor "${name}"`;
  const paths = link.ours.map(({ path }) => path).join(", ");
  if (!sameShape(tensor.shape, link.shape)) {
    const expected = `[${link.shape.join(", ")}] for ${paths}, according to config.json`;
    throw new FormatError({ file, at, found: `shape [${tensor.shape.join(", ")}]`, expected });
  }
  if (!floats.includes(tensor.dtype))
    throw new FormatError({ file, at, found: `dtype ${tensor.dtype}`, expected: `one of ${floats.join(", ")}` });
}
