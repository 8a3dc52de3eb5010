const SIZE = 624;
const OFFSET = 397;

/**
 * The Mersenne Twister of 32 bits, which PyTorch's generator is on the CPU. Used only where a result must equal
 * PyTorch's; everything else draws from `Random`.
 *
 * @see Matsumoto and Nishimura 1998, Mersenne Twister, section 2
 */
function mersenneTwister(seed: number): () => number {
  const state = new Uint32Array(SIZE);
  state[0] = seed;
  for (let i = 1; i < SIZE; i++) {
    const before = state[i - 1]! ^ (state[i - 1]! >>> 30);
    state[i] = Math.imul(1812433253, before) + i;
  }
  let at = SIZE;
  return () => {
    if (at === SIZE) {
      twist(state);
      at = 0;
    }
    let word = state[at++]!;
    word ^= word >>> 11;
    word ^= (word << 7) & 0x9d2c5680;
    word ^= (word << 15) & 0xefc60000;
    return (word ^ (word >>> 18)) >>> 0;
  };
}

function twist(state: Uint32Array): void {
  for (let i = 0; i < SIZE; i++) {
    const word = (state[i]! & 0x80000000) | (state[(i + 1) % SIZE]! & 0x7fffffff);
    state[i] = state[(i + OFFSET) % SIZE]! ^ (word >>> 1) ^ (word & 1 ? 0x9908b0df : 0);
  }
}

/** The first `count` numbers of a random permutation of 0 … size − 1, equal to those of `torch.randperm`. */
export function permuted(seed: number, size: number, count: number): Uint32Array {
  const next = mersenneTwister(seed);
  const numbers = new Uint32Array(size);
  for (let i = 0; i < size; i++) numbers[i] = i;
  // PyTorch draws no number for the last place.
  for (let i = 0; i < Math.min(count, size - 1); i++) {
    const other = i + (next() % (size - i));
    const moved = numbers[i]!;
    numbers[i] = numbers[other]!;
    numbers[other] = moved;
  }
  return numbers.subarray(0, count);
}
