import { type CachedTensors, type KeyValueCache, Module } from "../blocks";
import { Bytes, cacheOfParts, type HeldPart, partsOfCache } from "../blocks/internal";
import { FormatError, readSafetensors, type StoredTensor, type WritableTensor, writeSafetensors } from "../checkpoint";
import { describe } from "../checks";
import { Tensor } from "../tensor";
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
  const metadata = { format: FORMAT, model: fingerprint, bits: `${bits ?? 32}`, texts: JSON.stringify(saved) };
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
  if (metadata.format !== FORMAT)
    throw wrong("__metadata__.format", describe(metadata.format), `"${FORMAT}", as PrefixCache.save writes`);
  if (metadata.model !== fingerprint)
    throw new RangeError(
      "PrefixCache: the bytes are of another model, or its weights have changed; read the prompts again with this model",
    );
  const bits: 8 | undefined = metadata.bits === "8" ? 8 : undefined;
  const read = new Reader(tensors, model, bits);
  return { bits, texts: textsIn(metadata.texts).map((text, i) => read.text(text, i)) };
}

const wrong = (at: string, found: string, expected: string) => new FormatError({ file: FILE, at, found, expected });

function textsIn(json: string | undefined): unknown[] {
  try {
    const texts: unknown = JSON.parse(json ?? "");
    if (Array.isArray(texts)) return texts;
  } catch {
    // Reported below.
  }
  throw wrong("__metadata__.texts", describe(json), "a JSON array");
}

const isWhole = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Restores texts, and trusts nothing of what is written. */
class Reader {
  constructor(
    readonly tensors: ReadonlyMap<string, StoredTensor>,
    readonly model: Module,
    readonly bits: 8 | undefined,
  ) {}

  text(saved: unknown, i: number): ReadText {
    const at = `__metadata__.texts[${i}]`;
    if (!isRecord(saved)) throw wrong(at, describe(saved), "an object");
    const { ids, capacity, parts } = saved;
    if (!Array.isArray(ids) || ids.length === 0 || !ids.every(isWhole))
      throw wrong(`${at}.ids`, describe(ids), "an array of tokens");
    if (!isWhole(capacity) || capacity < ids.length)
      throw wrong(`${at}.capacity`, describe(capacity), `a whole number of ${ids.length} or more`);
    if (!isRecord(parts)) throw wrong(`${at}.parts`, describe(parts), "an object");
    const length = ids.length;
    const restored = new Map(
      Object.entries(parts).map(([path, part]) => [
        path,
        this.#part(part, { at: `${at}.parts.${path}`, i, path, length }),
      ]),
    );
    const config = { capacity, bits: this.bits, length };
    return { ids, cache: this.#cache(restored, config) };
  }

  #cache(parts: ReadonlyMap<string, HeldPart>, config: Parameters<typeof cacheOfParts>[2]): KeyValueCache {
    return cacheOfParts(this.model, parts, config);
  }

  #part(part: unknown, { at, i, path, length }: { at: string; i: number; path: string; length: number }): HeldPart {
    if (!(this.model.modules().get(path) instanceof Module)) throw wrong(at, "a path", "one of a module of the model");
    const { names, start, window } = isRecord(part) ? part : {};
    if (!Array.isArray(names) || names.length === 0 || !names.every((name) => typeof name === "string"))
      throw wrong(`${at}.names`, describe(names), "an array of names");
    if (start !== undefined && (!isWhole(start) || start > length))
      throw wrong(`${at}.start`, describe(start), `a whole number up to ${length}`);
    if (window !== undefined && (!isWhole(window) || window === 0))
      throw wrong(`${at}.window`, describe(window), "a whole number of 1 or more");
    const positions = start === undefined ? undefined : length - start;
    const stored = names.map((name: string) => [name, this.#tensor(nameOf(i, path, name), positions)]);
    return { stored: Object.fromEntries(stored) as CachedTensors, start, window };
  }

  /** @param positions how many it must have; undefined for a state */
  #tensor(name: string, positions: number | undefined): Tensor | Bytes {
    const stored = this.tensors.get(name);
    if (stored === undefined) throw wrong(`tensor ${name}`, "nothing", "a tensor");
    const { shape, dtype } = stored;
    if (shape[0] !== 1 || (positions !== undefined && shape[1] !== positions))
      throw wrong(
        `tensor ${name}`,
        `the shape [${shape.join(", ")}]`,
        positions === undefined ? "[1, …]" : `[1, ${positions}, …]`,
      );
    // A copy, which does not keep the whole file.
    const values = stored.toFloat32().slice();
    return dtype === "BF16" ? new Bytes([...shape], Int8Array.from(values)) : new Tensor([...shape], values);
  }
}
