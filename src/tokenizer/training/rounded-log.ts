/** log 2 in two parts, the first short enough for exact products with exponents. */
const LOG_2 = 0.6931471803691238;
const LOG_2_REST = 1.9082149292705877e-10;

/** The last power of the series below; higher ones change nothing. */
const LAST_POWER = 25;

/**
 * log x of an integer x from 1 to 2⁵³, rounded to the nearest double (with one exception in ten thousand). `Math.log`
 * differs between engines, and V8's is slightly off for one integer in forty: it would decide at random between sums of
 * logarithms that are equal except for rounding.
 *
 * x = 2ᵉ · m with m from √½ to √2, and log m = 2 (s + s³/3 + s⁵/5 + …) for s = (m − 1) / (m + 1).
 */
export function roundedLog(x: number): number {
  let exponent = Math.floor(Math.log2(x));
  let m = x / 2 ** exponent;
  if (m > Math.SQRT2) {
    m /= 2;
    exponent++;
  }
  const divisor = m + 1;
  const divisorRest = m - (divisor - 1);
  const s = (m - 1) / divisor;
  const sRest = (m - 1 - s * divisor - productRest(s, divisor) - s * divisorRest) / divisor;
  const square = s * s;
  let tail = 0;
  for (let power = LAST_POWER; power > 1; power -= 2) tail = (tail + 1 / power) * square;
  const whole = exponent * LOG_2;
  const sum = whole + 2 * s;
  return sum + (2 * s - (sum - whole) + (exponent * LOG_2_REST + 2 * (sRest + s * tail)));
}

/** The rounding error of a · b, from exact products of 26-bit halves. */
function productRest(a: number, b: number): number {
  const aHigh = upperHalf(a);
  const bHigh = upperHalf(b);
  const aLow = a - aHigh;
  const bLow = b - bHigh;
  return aHigh * bHigh - a * b + aHigh * bLow + aLow * bHigh + aLow * bLow;
}

function upperHalf(value: number): number {
  const shifted = value * (2 ** 27 + 1);
  return shifted - (shifted - value);
}
