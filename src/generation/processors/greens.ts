import type { WatermarkOptions } from "../options";
import { permuted } from "./mersenne";

/** The green tokens after these ids. */
export type Greens = (ids: readonly number[], vocabSize: number) => Uint32Array;

const TABLE_SIZE = 1_000_003;
const UNSIGNED = 2n ** 64n;

/** The green tokens of transformers' WatermarkLogitsProcessor. */
export function greensOf({
  greenShare = 0.25,
  key = 15_485_863,
  seeding = "left",
  width = 1,
}: WatermarkOptions): Greens {
  let table: Uint32Array | undefined;
  return (ids, vocabSize) => permuted(seedFor(ids), vocabSize, Math.floor(vocabSize * greenShare));

  /** The lowest 32 bits, which are all that PyTorch seeds its generator with. */
  function seedFor(ids: readonly number[]): number {
    const last = BigInt(ids.at(-1)!);
    const hash = seeding === "left" ? BigInt(key) * last : selfHash(ids.slice(-width));
    return Number(BigInt.asUintN(32, modulo(hash, UNSIGNED - 1n)));
  }

  /** min over the ids of key · a · b, in 64 bits, where a and b are table entries of the id and of the last one. */
  function selfHash(ids: readonly number[]): bigint {
    table ??= permuted(Number(BigInt.asUintN(32, BigInt(key))), TABLE_SIZE, TABLE_SIZE);
    const entry = (id: number) => BigInt(table![id % TABLE_SIZE]! + 1);
    const hashes = ids.map((id) => BigInt.asIntN(64, BigInt(key) * entry(id) * entry(ids.at(-1)!)));
    return hashes.reduce((least, hash) => (hash < least ? hash : least));
  }
}

const modulo = (value: bigint, divisor: bigint): bigint => ((value % divisor) + divisor) % divisor;
