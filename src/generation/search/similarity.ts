/** The directions of vectors that were seen. */
export class Directions {
  readonly #held: Float64Array[] = [];

  add(vector: Float32Array): void {
    this.#held.push(direction(vector));
  }

  /** The greatest cosine with one of them. */
  likeness(vector: Float32Array): number {
    const own = direction(vector);
    let most = -1;
    for (const held of this.#held) most = Math.max(most, dot(own, held));
    return most;
  }
}

function direction(vector: Float32Array): Float64Array {
  const values = Float64Array.from(vector);
  // A zero vector has no direction and is like no other.
  const length = Math.sqrt(dot(values, values)) || 1;
  return values.map((value) => value / length);
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
