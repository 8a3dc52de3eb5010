import { describeJson, type Fields, isCount } from "../../fields";
import { problem } from "../text";

/** Larger than any vocabulary; below it, a pair of ids is exact in one double. */
export const ID_LIMIT = 2 ** 26;

/** Ids below this are always stored in an array, even if there are few tokens. */
const SLACK = 1024;

/**
 * Tokens and their ids, in both directions. Ids need not be consecutive: some published files have gaps. If a token was
 * set with several ids, the last one counts.
 *
 * The engine's Map finds ids: V8 hashes strings with a secret, so that no file can contain tokens that collide.
 */
export class Vocabulary {
  readonly #tokens: (string | undefined)[];
  /** Tokens with ids far above their number: an array of that length would be an allocation controlled by a file. */
  readonly #far = new Map<number, string>();
  readonly #ids = new Map<string, number>();
  #size = 0;

  /** @param size the number of tokens to allocate */
  constructor(size = 0) {
    this.#tokens = new Array(size);
  }

  /** @throws FormatError if an id is not a non-negative integer or two tokens have the same id. */
  static read(fields: Fields, name: string): Vocabulary {
    const source = fields.object(name);
    const tokens = Object.keys(source.value);
    const vocabulary = new Vocabulary(tokens.length);
    const at = (token: string): string => `${source.at}[${describeJson(token)}]`;
    for (const token of tokens) {
      const id = source.value[token];
      if (!isCount(id) || id >= ID_LIMIT)
        throw problem(at(token), describeJson(id), `an integer id from 0 to ${ID_LIMIT - 1}`);
      const other = vocabulary.token(id);
      if (other !== undefined)
        throw problem(at(token), `id ${id}, which ${describeJson(other)} also has`, "a unique id");
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
    if (this.token(id) === undefined) this.#size++;
    if (id < 2 * Math.max(this.#size, this.#tokens.length) + SLACK) this.#tokens[id] = token;
    else this.#far.set(id, token);
    this.#ids.set(token, id);
  }

  /** The length of the longest token, in code units. */
  get longest(): number {
    let longest = 0;
    for (const token of this.#ids.keys()) longest = Math.max(longest, token.length);
    return longest;
  }

  get size(): number {
    return this.#size;
  }

  id(token: string): number | undefined {
    return this.#ids.get(token);
  }

  token(id: number): string | undefined {
    return typeof id === "number"
      ? (this.#tokens[id] ?? (this.#far.size > 0 ? this.#far.get(id) : undefined))
      : undefined;
  }

  /** Maps tokens to ids, in the order of the ids. Has no prototype, because a token may be named `__proto__`. */
  toJson(): Record<string, number> {
    const json: Record<string, number> = Object.create(null);
    const add = (token: string | undefined, id: number): void => {
      if (token !== undefined && this.id(token) === id) json[token] = id;
    };
    this.#tokens.forEach(add);
    for (const [id, token] of [...this.#far].sort(([a], [b]) => a - b)) add(token, id);
    return json;
  }
}
