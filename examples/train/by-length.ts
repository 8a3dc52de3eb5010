import { type Random, random } from "transformer-blocks";

/** Batches whose rows are drawn together, and put into batches by length, so that little is padded. */
const TOGETHER = 8;

interface Rows<Row> {
  /** Of the random numbers. */
  name: string;
  /** In each batch. */
  rows: number;
  draw: (source: Random, index: number) => Row;
  lengthOf: (row: Row) => number;
}

/** Batches by number, each of rows of similar length, in a random order. */
export function batchesByLength<Row>({ name, rows, draw, lengthOf }: Rows<Row>): (index: number) => Row[] {
  const batchesOf = (group: number): Row[][] => {
    const source = random(1).stream(`${name} ${group}`);
    const drawn = Array.from({ length: rows * TOGETHER }, (_, i) => draw(source, i));
    drawn.sort((a, b) => lengthOf(a) - lengthOf(b));
    return Array.from({ length: TOGETHER }, (_, i) => drawn.slice(i * rows, (i + 1) * rows))
      .map((batch) => ({ batch, at: source.next() }))
      .sort((a, b) => a.at - b.at)
      .map(({ batch }) => batch);
  };
  let last: { group: number; batches: Row[][] } | undefined;
  return (index) => {
    const group = Math.floor(index / TOGETHER);
    if (last?.group !== group) last = { group, batches: batchesOf(group) };
    return last.batches[index % TOGETHER]!;
  };
}

/** Rows of one length, by a filler at their ends. */
export function padded(rows: readonly (readonly number[])[], filler: number): number[][] {
  const length = Math.max(...rows.map((row) => row.length));
  return rows.map((row) => Array.from({ length }, (_, i) => row[i] ?? filler));
}
