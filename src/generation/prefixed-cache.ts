import type { KeyValueCache } from "../blocks";
import { keepsAll, withoutPaddingOf } from "../blocks/internal";
import type { Tensor } from "../tensor";
import { type Batch, OwnCache } from "./cache-use";
import type { Writer } from "./language-model";
import type { Door } from "./prefix-door";
import type { ReadText } from "./read-text";
import { readText } from "./reading";
import type { Turns } from "./yield";

/** A cache whose texts begin with what a PrefixCache holds, and come into it at the end. */
export class PrefixedCache extends OwnCache {
  readonly #writer: Writer;
  readonly #door: Door;
  readonly #bits: 8 | undefined;
  readonly #turns: Turns;

  constructor(writer: Writer, door: Door, bits: 8 | undefined, turns: Turns) {
    super(undefined);
    this.#writer = writer;
    this.#door = door;
    this.#bits = bits;
    this.#turns = turns;
  }

  override async begin(batch: Batch, readTo: (column: number) => Promise<void>): Promise<void> {
    const isSafe = this.#door.keepsAll();
    this.cache = await this.#known(batch);
    if (isSafe) return;
    // What comes later may not be taken back, so that the prompt is kept by itself. Its last token is read each time.
    const columns = batch.padding[0]! + batch.rows[0]!.length;
    await readTo(columns - 1);
    if (!keepsAll(this.cache, Infinity)) this.#keep(batch, [...batch.rows.keys()]);
  }

  /** The rows as far as they are known, aligned at their ends. What some rows lack is read for each alone. */
  async #known({ rows, padding }: Batch): Promise<KeyValueCache> {
    const door = this.#door;
    const isSteady = rows.every(({ length }) => length <= this.#writer.steadyLength);
    const found = rows.map((row) => (isSteady ? door.take(row) : undefined));
    const column = found.reduce((most, text, r) => (text ? Math.max(most, padding[r]! + text.ids.length) : most), 0);
    const end = column === 0 ? 0 : Math.max(column, Math.max(...padding) + 1);
    const isPossible = rows.every((row, r) => end - padding[r]! < row.length);
    if (end === 0 || !isPossible) {
      for (const text of found) if (text) door.keep(text);
      return this.#newCache();
    }
    const texts = rows.map((row, r) => ({ row, cache: found[r]?.cache ?? this.#newCache() }));
    try {
      for (const [r, { row, cache }] of texts.entries())
        await readText(this.#writer, cache, row.slice(0, end - padding[r]!), this.#turns);
    } catch (error) {
      for (const { row, cache } of texts) door.keep({ ids: row.slice(0, cache.length), cache });
      throw error;
    }
    const [first, ...others] = texts.map(({ cache }) => cache);
    for (const other of others) first!.join(other);
    return first!;
  }

  #newCache(): KeyValueCache {
    const { sizes } = this.#writer;
    return this.#writer.cache({ capacity: sizes.contextLength, bits: this.#bits }, true)!;
  }

  override reorder(rows: readonly number[], batch: Batch, memory: Tensor | undefined): void {
    // Beams come and go, but their number stays.
    if (rows.length < batch.rows.length)
      this.#keep(
        batch,
        [...batch.rows.keys()].filter((row) => !rows.includes(row)),
      );
    super.reorder(rows, batch, memory);
  }

  override end(batch: Batch): void {
    this.#keep(batch, [...batch.rows.keys()], true);
    this.cache = undefined;
  }

  /** Puts rows into the PrefixCache as far as they were read. */
  #keep({ rows, padding }: Batch, chosen: readonly number[], isEnd = false): void {
    const { cache } = this;
    if (cache === undefined || cache.length === 0) return;
    for (const row of chosen) {
      const before = padding[row]!;
      // Positions of longer texts are turned in another way.
      if (cache.length <= before || cache.length - before > this.#writer.steadyLength) continue;
      const ids = rows[row]!.slice(0, cache.length - before);
      const isWhole = isEnd && rows.length === 1 && before === 0;
      const text: ReadText = { ids, cache: isWhole ? cache : withoutPaddingOf(cache, before, [row]) };
      this.#door.keep(text);
    }
  }
}
