/** A table of vectors, [rows, size]. */
export interface Vectors {
  rows: number;
  size: number;
  data: Float32Array;
}

export const vectorAt = ({ data, size }: Vectors, row: number): Float32Array =>
  data.subarray(row * size, (row + 1) * size);

export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

export const cosine = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  dot(a, b) / (Math.sqrt(dot(a, a) * dot(b, b)) || 1);

export interface Neighbour {
  id: number;
  similarity: number;
}

/** The rows with the highest cosine similarity to a vector, without some rows. */
export function neighbours(
  table: Vectors,
  vector: ArrayLike<number>,
  top: number,
  without: ReadonlySet<number>,
): Neighbour[] {
  const found: Neighbour[] = [];
  for (let id = 0; id < table.rows; id++)
    if (!without.has(id)) found.push({ id, similarity: cosine(vector, vectorAt(table, id)) });
  return found.sort((a, b) => b.similarity - a.similarity).slice(0, top);
}

export function unit(vector: ArrayLike<number>): Float64Array {
  const length = Math.sqrt(dot(vector, vector)) || 1;
  return Float64Array.from(vector, (x) => x / length);
}

export interface Point {
  x: number;
  y: number;
}

const ROUNDS = 200;

/**
 * The plane in which vectors lie farthest apart: their first two principal components.
 *
 * @see Pearson 1901, On Lines and Planes of Closest Fit
 */
export function principalPlane(vectors: readonly ArrayLike<number>[]): Point[] {
  const size = vectors[0]?.length ?? 0;
  const mean = Float64Array.from(
    { length: size },
    (_, i) => vectors.reduce((sum, v) => sum + v[i]!, 0) / vectors.length,
  );
  const centred = vectors.map((vector) => Float64Array.from(vector, (x, i) => x - mean[i]!));
  const first = principal(centred, []);
  const second = principal(centred, [first]);
  return centred.map((vector) => ({ x: dot(vector, first), y: dot(vector, second) }));
}

/** The direction of the greatest variance that is orthogonal to others, by power iteration. */
function principal(vectors: readonly Float64Array[], others: readonly Float64Array[]): Float64Array {
  const size = vectors[0]?.length ?? 0;
  let direction = unit(Float64Array.from({ length: size }, (_, i) => Math.sin(i + 1)));
  for (let round = 0; round < ROUNDS; round++) {
    const next = new Float64Array(size);
    for (const vector of vectors) {
      const share = dot(vector, direction);
      for (let i = 0; i < size; i++) next[i]! += share * vector[i]!;
    }
    for (const other of others) {
      const share = dot(next, other);
      for (let i = 0; i < size; i++) next[i]! -= share * other[i]!;
    }
    if (dot(next, next) === 0) return next;
    direction = unit(next);
  }
  // The sign is arbitrary: the greatest coordinate is positive.
  const greatest = direction.reduce((best, x) => (Math.abs(x) > Math.abs(best) ? x : best), 0);
  return greatest < 0 ? direction.map((x) => -x) : direction;
}
