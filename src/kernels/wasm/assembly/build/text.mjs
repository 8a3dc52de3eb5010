/** What the first of five digits counts. */
const FIRST = 64 ** 4;

/**
 * Bytes as text, which `../../text.ts` reads: five digits for their number, then a number in an interval. Each bit makes the
 * interval smaller: it keeps the part for 1 or the part for 0, as large as the bit was likely. A bit that was predicted well
 * costs a fraction of a digit.
 *
 * A server's compression takes 6 bits for a digit, as it cannot predict it. The bytes themselves, which it compresses to 28
 * KB, take 22 KB this way.
 *
 * @param {Uint8Array} bytes
 * @param {{ predictorOf: (size: number) => { predict(): number, learn(bit: number): void }, letters: string }} kernels what
 * `../../text.ts` reads with
 */
export function textOf(bytes, { predictorOf, letters }) {
  const predictor = predictorOf(bytes.length);
  let text = "";
  const write = (digit) => {
    text += letters[digit];
  };
  for (let unit = FIRST; unit >= 1; unit /= 64) write(Math.floor(bytes.length / unit) % 64);
  let [low, high] = [0, 64 * FIRST - 1];
  for (let i = 0; i < 8 * bytes.length; i++) {
    const bit = (bytes[i >> 3] >> (7 - (i & 7))) & 1;
    const middle = low + Math.floor((high - low) * predictor.predict());
    if (bit) high = middle;
    else low = middle + 1;
    for (; Math.floor(low / FIRST) === Math.floor(high / FIRST); high = 64 * (high % FIRST) + 63) {
      write(Math.floor(low / FIRST));
      low = 64 * (low % FIRST);
    }
    predictor.learn(bit);
  }
  // A number that begins like the upper end and has zeros behind is in the interval.
  write(Math.floor(high / FIRST));
  return text;
}
