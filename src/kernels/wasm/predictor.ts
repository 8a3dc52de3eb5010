/**
 * Kinds of bytes: an instruction, one of SIMD after its prefix, a variable, a number, the first of two numbers; and after
 * these, by how many are left, the bytes of a constant.
 */
const [INSTRUCTION, SIMD, VARIABLE, NUMBER, PAIR] = [0, 1, 2, 3, 4];
const KINDS = PAIR + 17;
const PREFIX = 0xfd;
const CONTEXTS = 7;
const STEPS = 4096;

/** Predicts bits: the chance that the next one is 1, and what came instead. */
export interface Predictor {
  predict(): number;
  learn(bit: number): void;
}

/**
 * Predicts the bits of `size` bytes of WebAssembly from those before. Seven contexts, such as the last two bytes or the last
 * three instructions, each remember how often a 1 came next. The prediction is a sum of what they say, with weights that
 * learn from each bit.
 *
 * Text and bytes are made of the same predictions (assembly/build/text.mjs, text.ts), on any machine: so only operations are
 * used that give the same bits on all, and not `Math.exp`.
 *
 * @see Mahoney 2005, Adaptive Weighing of Context Models for Lossless Data Compression
 */
export function predictorOf(size: number): Predictor {
  let slots = 16;
  while (slots < 64 * size) slots *= 2;
  /** In each slot a chance of twelve bits, and in four more the number of bits, up to 15, that it is the mean of. */
  const table = new Uint16Array(slots).fill(STEPS * 8);
  const logits = logitsOfChances();
  const weights = new Float64Array(KINDS * CONTEXTS).fill(1 / 4);
  const contexts = new Int32Array(CONTEXTS);
  /** Where the slots for this half of a byte begin, in each context. */
  const places = new Int32Array(CONTEXTS);
  const inputs = new Float64Array(CONTEXTS);
  let chance: number;
  let kind = INSTRUCTION;
  /** The bits of this byte so far, after a 1, and those of this half of it. */
  let [bits, half] = [1, 1];
  /** The last four bytes, the last four instructions, and a hash of the last six. */
  let [bytes, instructions, longer] = [0, 0, 0];
  beginByte();

  function beginByte(): void {
    contexts.set([bytes & 0xff, bytes & 0xffff, bytes, 0, instructions & 0xff, instructions & 0xffffff, longer]);
    // The bytes say by themselves what kind of byte comes next.
    for (let i = 0; i < CONTEXTS; i++) contexts[i] = hash(contexts[i]!, i < 3 ? i : i + CONTEXTS * (kind + 1));
    bits = 1;
    beginHalf();
  }

  function beginHalf(): void {
    for (let i = 0; i < CONTEXTS; i++) places[i] = hash(contexts[i]!, bits) & (slots - 16);
    half = 1;
  }

  function endByte(byte: number): void {
    if (kind === SIMD || (kind === INSTRUCTION && byte !== PREFIX)) {
      instructions = (instructions << 8) | byte;
      // Each step moves the earlier ones up by six bits, and the earliest out.
      longer = (Math.imul(longer, 0x9e3779b1 << 6) + byte + 1) | 0;
    }
    bytes = (bytes << 8) | byte;
    kind = kindAfter(kind, byte);
    beginByte();
  }

  return {
    predict() {
      let sum = 0;
      for (let i = 0; i < CONTEXTS; i++) {
        inputs[i] = logits[table[places[i]! + half]! >>> 4]!;
        sum += inputs[i]! * weights[kind * CONTEXTS + i]!;
      }
      chance = chanceOf(sum);
      return chance;
    },
    learn(bit) {
      for (let i = 0; i < CONTEXTS; i++) {
        weights[kind * CONTEXTS + i]! += 0.015 * (bit - chance) * inputs[i]!;
        const slot = places[i]! + half;
        const [mean, count] = [table[slot]! >>> 4, table[slot]! & 15];
        table[slot] = 16 * Math.floor(mean + (bit * (STEPS - 1) - mean) / (count + 1.2)) + Math.min(count + 1, 15);
      }
      bits = 2 * bits + bit;
      half = 2 * half + bit;
      if (bits >= 256) endByte(bits - 256);
      else if (half >= 16) beginHalf();
    },
  };
}

/** The kind of the byte after this one. */
function kindAfter(kind: number, byte: number): number {
  if (kind > PAIR) return kind > PAIR + 1 ? kind - 1 : INSTRUCTION;
  if (kind === INSTRUCTION) return byte === PREFIX ? SIMD : operandsOf(byte);
  if (kind === SIMD) return operandsOfSimd(byte);
  if (byte > 127) return kind;
  return kind === PAIR ? NUMBER : INSTRUCTION;
}

function operandsOf(instruction: number): number {
  if (instruction >= 0x20 && instruction <= 0x24) return VARIABLE;
  if (instruction >= 0x28 && instruction <= 0x3e) return PAIR;
  if (instruction === 0x43) return PAIR + 4;
  if (instruction === 0x44) return PAIR + 8;
  return [0x02, 0x03, 0x04, 0x0c, 0x0d, 0x10, 0x41].includes(instruction) ? NUMBER : INSTRUCTION;
}

function operandsOfSimd(instruction: number): number {
  // Its second byte.
  if (instruction > 127) return NUMBER;
  if (instruction === 0x0c || instruction === 0x0d) return PAIR + 16;
  if (instruction < 0x0c || instruction === 0x5c || instruction === 0x5d) return PAIR;
  return instruction > 0x14 && instruction < 0x23 ? NUMBER : INSTRUCTION;
}

function hash(a: number, b: number): number {
  const mixed = Math.imul(Math.imul(a, 0x2c1b3c6d) ^ Math.imul(b + 1, 0x9e3779b1), 0x2545f491);
  return mixed ^ (mixed >>> 15);
}

/** 1 / (1 + e^−x), with (1 − x / 4096)^4096 for e^−x. It is never so close to 0 or 1 that a surprise takes many digits. */
function chanceOf(x: number): number {
  let power = 1 - Math.max(-8, Math.min(8, x)) / STEPS;
  for (let i = 1; i < STEPS; i *= 2) power *= power;
  return 1 / (1 + power);
}

/** The inverse of `chanceOf` for each chance in steps of 1 / 4096. */
function logitsOfChances(): Float64Array {
  let x = -8;
  return new Float64Array(STEPS).map((_, step) => {
    while (x < 8 && chanceOf(x) * STEPS < step) x += 1 / 256;
    return x;
  });
}
