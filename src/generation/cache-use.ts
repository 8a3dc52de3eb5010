import type { KeyValueCache } from "../blocks";
import { withoutPaddingOf } from "../blocks/internal";
import type { Tensor } from "../tensor";

/** The rows of a batch as they are now. */
export interface Batch {
  /** All tokens of each row, without padding. */
  readonly rows: readonly (readonly number[])[];
  /** The number of columns of padding before each row. */
  readonly padding: readonly number[];
}

/** The cache of the rows of one scorer. */
export interface CacheUse {
  /** Undefined where the model runs without one. */
  cache: KeyValueCache | undefined;
  /** Brings in what is known of the rows. Before the last column is read, `readTo` reads as far as is said. */
  begin(batch: Batch, readTo: (column: number) => Promise<void>): Promise<void>;
  /** Before these rows become the batch. */
  reorder(rows: readonly number[], batch: Batch, memory: Tensor | undefined): void;
  /** Before columns of padding that all rows have are dropped. */
  dropPadding(columns: number): void;
  /** The generation is over. */
  end(batch: Batch): void;
}

/** A cache that nobody else sees. */
export class OwnCache implements CacheUse {
  constructor(public cache: KeyValueCache | undefined) {}

  async begin(_batch: Batch, _readTo: (column: number) => Promise<void>): Promise<void> {}

  reorder(rows: readonly number[], _batch: Batch, memory: Tensor | undefined): void {
    this.cache?.reorder(rows, memory);
  }

  dropPadding(columns: number): void {
    if (this.cache) this.cache = withoutPaddingOf(this.cache, columns);
  }

  end(_batch: Batch): void {}
}
