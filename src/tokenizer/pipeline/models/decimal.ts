const HIGHEST_POWER = 308;

/**
 * What the reference makes of a number in a JSON file: it takes the digits for one integer and divides it by a power of
 * ten, so that a number of 17 digits is rounded twice. Sums of such numbers decide between cuts that cost as much.
 *
 * @see https://docs.rs/serde_json, `float_roundtrip`
 */
export function readDecimal(value: number): number {
  const [mantissa = "", exponent = "0"] = String(value).split("e");
  const [whole = "", fraction = ""] = mantissa.split(".");
  const power = Number(exponent) - fraction.length;
  const digits = Number(whole + fraction);
  if (Math.abs(power) > HIGHEST_POWER) return value;
  return power < 0 ? digits / Number(`1e${-power}`) : digits * Number(`1e${power}`);
}
