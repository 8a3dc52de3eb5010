import type { Sequence } from "../blocks";
import { concatenate, type Ids, indexSelect, type Tensor, zeros } from "../tensor";
import type { Writer } from "./language-model";

/** The input that a decoder starts from. */
export interface Start {
  readonly writer: Writer;
  /** The tokens of each row, without padding. */
  readonly ids: Ids;
  /** The encoder's output [batch, source, dModel], and which of its positions are not padding. */
  readonly memory?: Tensor<Sequence> | undefined;
  readonly memoryMask?: Ids | undefined;
}

/** The start of the rows of these prompts. The encoder, if any, runs here, once for each length of a source. */
export function startOf(writer: Writer, prompts: Ids, ids: Ids): Start {
  return writer.encode === undefined ? { writer, ids } : { writer, ids, ...memoryOf(writer.encode, prompts) };
}

/** Sources of one length are encoded together, so that an encoder sees no padding. */
function memoryOf(encode: NonNullable<Writer["encode"]>, sources: Ids): Pick<Start, "memory" | "memoryMask"> {
  const groups = [...grouped(sources, ({ length }) => length).values()];
  const chosen = (rows: readonly number[]) => rows.map((row) => sources[row]!);
  const memories = groups.map((rows) => encode(chosen(rows), {}));
  if (groups.length === 1) return { memory: memories[0] };
  const width = Math.max(...memories.map(({ shape }) => shape[1]));
  const order = groups.flat();
  const places = sources.map((_, row) => order.indexOf(row));
  const joined = concatenate(
    memories.map((memory) => padded(memory, width)),
    { axis: 0 },
  );
  const masks = memories.flatMap(({ shape: [rows, seq] }) => Array.from({ length: rows }, () => kept(seq, width)));
  return {
    memory: indexSelect(joined, places, { axis: 0 }) as Tensor<Sequence>,
    memoryMask: places.map((place) => masks[place]!),
  };
}

/** [batch, seq, dModel] → [batch, width, dModel] */
function padded(memory: Tensor<Sequence>, width: number): Tensor<Sequence> {
  const [batch, seq, dModel] = memory.shape;
  if (seq >= width) return memory;
  return concatenate([memory, zeros([batch, width - seq, dModel])], { axis: 1 }) as Tensor<Sequence>;
}

const kept = (length: number, width: number): number[] =>
  Array.from({ length: width }, (_, column) => (column < length ? 1 : 0));

/** The numbers of the rows with the same key, in order. */
export function grouped<Row, Key>(rows: readonly Row[], keyOf: (row: Row, index: number) => Key): Map<Key, number[]> {
  const groups = new Map<Key, number[]>();
  rows.forEach((row, r) => {
    const key = keyOf(row, r);
    const group = groups.get(key);
    if (group) group.push(r);
    else groups.set(key, [r]);
  });
  return groups;
}

/** The start with these rows only, in this order. */
export function chosenStart(start: Start, rows: readonly number[]): Start {
  const chosen = <Item>(list: readonly Item[]): Item[] => rows.map((row) => list[row]!);
  const { memory } = start;
  return {
    ...start,
    ids: chosen(start.ids),
    memory: memory && (indexSelect(memory, rows, { axis: 0 }) as Tensor<Sequence>),
    memoryMask: start.memoryMask && chosen(start.memoryMask),
  };
}
