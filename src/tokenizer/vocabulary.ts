import { describe, type Fields, isCount, problem } from "./fields";

/** Larger than any vocabulary; below it, a pair of ids is exact in one double. */
export const ID_LIMIT = 2 ** 26;

/**
 * Tokens and their ids, both ways. Ids need not be consecutive: some published files leave holes. A token that was set
 * with several ids is found by the last of them.
 */
export class Vocabulary {
  readonly #ids = new Map<string, number>();
  readonly #tokens: (string | undefined)[] = [];
  #size = 0;

  /** @throws FormatError if an id is not a non-negative integer or two tokens have the same id. */
  static read(fields: Fields, name: string): Vocabulary {
    const source = fields.object(name);
    const vocabulary = new Vocabulary();
    for (const token of Object.keys(source.value)) {
      const id = source.value[token];
      const at = (): string => `${source.at}[${describe(token)}]`;
      if (!isCount(id) || id >= ID_LIMIT) throw problem(at(), describe(id), `an integer id from 0 to ${ID_LIMIT - 1}`);
      const other = vocabulary.token(id);
      if (other !== undefined) throw problem(at(), `id ${id}, which ${describe(other)} has too`, "an id of its own");
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
    this.#ids.set(token, id);
    this.#tokens[id] = token;
  }

  get size(): number {
    return this.#size;
  }

  id(token: string): number | undefined {
    return this.#ids.get(token);
  }

  token(id: number): string | undefined {
    return typeof id === "number" ? this.#tokens[id] : undefined;
  }

  /** Token to id, in the order of the ids. A token may be called `__proto__`, so this object has no prototype. */
  toJson(): Record<string, number> {
    const json: Record<string, number> = Object.create(null);
    for (const [token, id] of [...this.#ids].sort(([, a], [, b]) => a - b)) json[token] = id;
    return json;
  }
}
