/** Numbers between −0.5 and 0.5, the same for every contestant. @see Marsaglia 2003, Xorshift RNGs */
export function noise(length, seed = 1) {
  const values = new Float32Array(length);
  let state = seed * 2_654_435_769 || 1;
  for (let i = 0; i < length; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    values[i] = (state >>> 0) / 2 ** 32 - 0.5;
  }
  return values;
}

/** Token ids, the same for every contestant: [batch][seq]. */
export function tokens(batch, seq, vocabSize) {
  return Array.from({ length: batch }, (_, row) =>
    Array.from({ length: seq }, (_, at) => ((row * seq + at) * 7919 + 300) % vocabSize),
  );
}
