import { describe, type Fields, isCount, problem } from "./fields";
import { HASH_START, hashUnits, mixed, standsAt } from "./hash";

/** Larger than any vocabulary; below it, a pair of ids is exact in one double. */
export const ID_LIMIT = 2 ** 26;

const FREE = -1;
const INITIAL_SIZE = 1 << 9;

/**
 * Tokens and their ids, both ways, in less room than a Map takes. Ids need not be consecutive: some published files
 * leave holes. A token that was set with several ids is found by the last of them.
 */
export class Vocabulary {
  readonly #tokens: (string | undefined)[] = [];
  /** A hash table: hash and id of the first slot, of the second, …; it doubles when it is half full. */
  #slots = emptySlots(INITIAL_SIZE);
  #size = 0;

  /** @throws FormatError if an id is not a non-negative integer or two tokens have the same id. */
  static read(fields: Fields, name: string): Vocabulary {
    const source = fields.object(name);
    const vocabulary = new Vocabulary();
    const tokens = Object.keys(source.value);
    const at = (token: string): string => `${source.at}[${describe(token)}]`;
    vocabulary.#resize(tokens.length + 1);
    for (const token of tokens) {
      const id = source.value[token];
      if (!isCount(id) || id >= ID_LIMIT)
        throw problem(at(token), describe(id), `an integer id from 0 to ${ID_LIMIT - 1}`);
      const other = vocabulary.token(id);
      if (other !== undefined)
        throw problem(at(token), `id ${id}, which ${describe(other)} has too`, "an id of its own");
      vocabulary.set(token, id);
    }
    return vocabulary;
  }

  static of(tokens: Iterable<string>): Vocabulary {
    const vocabulary = new Vocabulary();
    for (const token of tokens) vocabulary.set(token, vocabulary.size);
    return vocabulary;
  }

  set(token: string, id: number): void {
    if (this.#tokens[id] === undefined) this.#size++;
    this.#tokens[id] = token;
    const hash = hashOf(token, "", 0);
    this.#put(this.#place(hash, token, "", 0), hash, id);
    if (this.#size * 4 > this.#slots.length) this.#resize(this.#slots.length / 2);
  }

  get size(): number {
    return this.#size;
  }

  id(token: string): number | undefined {
    return this.idOfJoined(token, "", 0);
  }

  /** The id of the token that two parts make, the second without its first `skip` code units. */
  idOfJoined(left: string, right: string, skip: number): number | undefined {
    const id = this.#slots[this.#place(hashOf(left, right, skip), left, right, skip) + 1] as number;
    return id === FREE ? undefined : id;
  }

  token(id: number): string | undefined {
    return typeof id === "number" ? this.#tokens[id] : undefined;
  }

  /** Token to id, in the order of the ids. A token may be called `__proto__`, so this object has no prototype. */
  toJson(): Record<string, number> {
    const json: Record<string, number> = Object.create(null);
    this.#tokens.forEach((token, id) => {
      if (token !== undefined && this.id(token) === id) json[token] = id;
    });
    return json;
  }

  #put(place: number, hash: number, id: number): void {
    this.#slots[place] = hash;
    this.#slots[place + 1] = id;
  }

  /** Where the slot of a token is, or the free one where it would go. */
  #place(hash: number, left: string, right: string, skip: number): number {
    const slots = this.#slots;
    const length = left.length + Math.max(right.length - skip, 0);
    for (let place = (2 * hash) & (slots.length - 1); ; place = (place + 2) & (slots.length - 1)) {
      const id = slots[place + 1] as number;
      if (id === FREE) return place;
      if (slots[place] !== hash) continue;
      const token = this.#tokens[id] as string;
      if (token.length !== length) continue;
      if (standsAt(left, 0, token, 0) && standsAt(right, skip, token, left.length)) return place;
    }
  }

  /** Makes room for `size` tokens. */
  #resize(size: number): void {
    const old = this.#slots;
    this.#slots = emptySlots(size);
    const mask = this.#slots.length - 1;
    for (let from = 0; from < old.length; from += 2) {
      const [hash, id] = [old[from] as number, old[from + 1] as number];
      if (id === FREE) continue;
      let place = (2 * hash) & mask;
      while (this.#slots[place + 1] !== FREE) place = (place + 2) & mask;
      this.#put(place, hash, id);
    }
  }
}

function hashOf(left: string, right: string, skip: number): number {
  return mixed(hashUnits(hashUnits(HASH_START, left, 0, left.length), right, skip, right.length));
}

/** Room for so many tokens, in a power of two. */
function emptySlots(size: number): Int32Array {
  return new Int32Array(2 ** Math.ceil(Math.log2(4 * size))).fill(FREE);
}
