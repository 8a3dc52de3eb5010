import { describeJson, Fields, isCount } from "../../../fields";

/** -1 as an unsigned 32-bit number: converters write it for a token that a model does not have. */
const NO_ID = 0xffff_ffff;

/** The GGUF keys that describe the tokenizer, by their names after `tokenizer.ggml.`. */
export class MetadataFields extends Fields {
  constructor(metadata: Readonly<Record<string, unknown>>, file: string) {
    super(metadata, file, "tokenizer.ggml");
  }

  override get(name: string): unknown {
    return super.get(this.path(name));
  }

  /** An id below `limit`; undefined if the file has none. */
  id(name: string, limit: number): number | undefined {
    const value = this.get(name);
    if (value === undefined || value === NO_ID) return undefined;
    if (!isCount(value) || value >= limit) throw this.error(name, `an id below ${limit}, the number of tokens`);
    return value;
  }

  strings(name: string): readonly string[] {
    return this.#list(name, undefined, "a string", (item) => typeof item === "string");
  }

  /** `length` numbers; undefined if the file has none. */
  numbers(name: string, length: number): readonly number[] | undefined {
    if (this.get(name) === undefined) return undefined;
    return this.#list(name, length, "a finite number", (item): item is number => Number.isFinite(item));
  }

  /** Bytes, which may be stored as signed numbers; empty if absent. */
  bytes(name: string): Uint8Array {
    if (this.get(name) === undefined) return new Uint8Array();
    return Uint8Array.from(this.#list(name, undefined, "a byte", isByte));
  }

  #list<T>(name: string, length: number | undefined, what: string, is: (item: unknown) => item is T): readonly T[] {
    const list = this.get(name);
    if (!Array.isArray(list)) throw this.error(name, "an array");
    if (length !== undefined && list.length !== length)
      throw this.error(name, `an array of ${length}, one entry per token`);
    const wrong = list.findIndex((item) => !is(item));
    if (wrong >= 0) throw this.error(`${name}[${wrong}]`, what, describeJson(list[wrong]));
    return list;
  }
}

function isByte(item: unknown): item is number {
  return Number.isInteger(item) && (item as number) >= -128 && (item as number) < 256;
}
