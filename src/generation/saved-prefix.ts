import type { Module } from "../blocks";
import { Bytes, cacheOfParts, type HeldPart, partsOfCache } from "../blocks/internal";
import { FormatError, readSafetensors, type StoredTensor, type WritableTensor, writeSafetensors } from "../checkpoint";
import { Fields, formatError, isCount } from "../fields";
import { Tensor } from "../tensor";
import { checksum, isSameModel } from "./fingerprint";
import type { ReadText } from "./read-text";

/** How a file says what it is. */
const FORMAT = "transformer-blocks prefixes 1";
const FILE = "the saved prefixes";

/** What is written beside the tensors. */
interface Facts {
  bits: 8 | undefined;
  fingerprint: string;
}

/** What is written of one text: its tokens, the size of its cache, and of each module its tensors and what was dropped. */
interface SavedText {
  ids: number[];
  capacity: number;
  parts: Record<string, { names: string[]; start?: number | undefined; window?: number | undefined }>;
}

/** The texts as the bytes of a safetensors file. */
export async function prefixBytes(
  texts: readonly ReadText[],
  model: Module | undefined,
  { bits, fingerprint }: Facts,
): Promise<Uint8Array> {
  const tensors = new Map<string, WritableTensor>();
  const saved: SavedText[] = [];
  for (const [i, { ids, cache }] of texts.entries()) {
    const parts: SavedText["parts"] = {};
    for (const [path, { stored, ...rest }] of partsOfCache(cache, model!)) {
      parts[path] = { names: Object.keys(stored), ...rest };
      for (const name in stored) tensors.set(nameOf(i, path, name), await writable(stored[name]!));
    }
    saved.push({ ids: [...ids], capacity: cache.capacity, parts });
  }
  const told = JSON.stringify(saved);
  const values = new Map(Array.from(tensors, ([name, { data }]) => [name, data as Float32Array]));
  const metadata = {
    ...{ format: FORMAT, model: fingerprint, bits: `${bits ?? 32}`, texts: told },
    checksum: checksum(told, values),
  };
  return writeSafetensors(tensors, metadata);
}

const nameOf = (text: number, path: string, name: string) => `${text}/${path}/${name}`;

/** bfloat16 holds whole numbers of 8 bits exactly. */
const writable = async (x: Tensor | Bytes): Promise<WritableTensor> =>
  x instanceof Bytes
    ? { shape: x.shape, data: Float32Array.from(x.values), dtype: "BF16" }
    : { shape: x.shape, data: await x.read() };

/**
 * The texts of such bytes.
 *
 * @throws FormatError if they are none; RangeError if they are of another model
 */
export function prefixTexts(bytes: Uint8Array, model: Module, fingerprint: string) {
  const { tensors, metadata } = readSafetensors(bytes, { file: FILE });
  const facts = new Fields(metadata, FILE, "__metadata__");
  if (facts.get("format") !== FORMAT) throw facts.error("format", `"${FORMAT}", as PrefixCache.save writes`);
  if (!isSameModel(facts.string("model"), fingerprint))
    throw new RangeError(
      "PrefixCache: the bytes are of another model, or its weights have changed; read the prompts again with this model",
    );
  const bits: 8 | undefined = facts.oneOf("bits", ["8", "32"]) === "8" ? 8 : undefined;
  const read = new Reader(tensors, model, bits);
  const texts = textsIn(facts).map((text, i) => read.text(text, i));
  // After what can be said more exactly: a changed number would only give other texts later.
  const values = new Map(Array.from(tensors, ([name, stored]) => [name, stored.toFloat32()]));
  if (facts.string("checksum") !== checksum(facts.string("texts"), values))
    throw facts.error("checksum", "that of the tensors and texts, which were changed after they were saved");
  return { bits, texts };
}

function textsIn(facts: Fields): Fields[] {
  try {
    const texts: unknown = JSON.parse(facts.string("texts"));
    return new Fields({ texts }, FILE, "__metadata__").objects("texts");
  } catch (error) {
    if (error instanceof FormatError) throw error;
    throw facts.error("texts", "JSON");
  }
}

/** Restores texts, and trusts nothing of what is written. */
class Reader {
  constructor(
    readonly tensors: ReadonlyMap<string, StoredTensor>,
    readonly model: Module,
    readonly bits: 8 | undefined,
  ) {}

  text(saved: Fields, i: number): ReadText {
    const ids = saved.list("ids");
    if (ids.length === 0 || !ids.every(isCount)) throw saved.error("ids", "an array of tokens");
    const { length } = ids;
    const capacity = saved.count("capacity", { least: length });
    const parts = saved.object("parts");
    const restored = Object.keys(parts.value).map((path) => {
      if (!this.model.modules().has(path)) throw parts.error(path, "the path of a module of the model", "another path");
      return [path, this.#part(parts.object(path), `${i}/${path}`, length)] as const;
    });
    if (restored.length === 0) throw saved.error("parts", "a part for each module that keeps something");
    return { ids, cache: cacheOfParts(this.model, new Map(restored), { capacity, bits: this.bits, length }) };
  }

  #part(part: Fields, place: string, length: number): HeldPart {
    const names = part.list("names");
    if (names.length === 0 || !names.every((name) => typeof name === "string"))
      throw part.error("names", "an array of names");
    const [start, window] = (["start", "window"] as const).map((name) =>
      part.get(name) === undefined ? undefined : part.count(name),
    );
    if (start !== undefined && start > length) throw part.error("start", `a whole number up to ${length}`);
    if (window === 0) throw part.error("window", "a whole number of 1 or more");
    const positions = start === undefined ? undefined : length - start;
    const stored = names.map((name) => [name, this.#tensor(`${place}/${name}`, positions)]);
    return { stored: Object.fromEntries(stored), start, window };
  }

  /** @param positions how many it must have; undefined for a state */
  #tensor(name: string, positions: number | undefined): Tensor | Bytes {
    const stored = this.tensors.get(name);
    const wanted = positions === undefined ? "[1, …]" : `[1, ${positions}, …]`;
    const at = `tensor ${name}`;
    if (stored === undefined) throw formatError(FILE, at, "nothing", `a tensor ${wanted}`);
    const { shape, dtype } = stored;
    if (shape[0] !== 1 || (positions !== undefined && shape[1] !== positions))
      throw formatError(FILE, at, `the shape [${shape.join(", ")}]`, wanted);
    // A copy, which does not keep the whole file.
    const values = stored.toFloat32().slice();
    return dtype === "BF16" ? new Bytes([...shape], Int8Array.from(values)) : new Tensor([...shape], values);
  }
}
