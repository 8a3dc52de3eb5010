const HIGHEST_POWER = 308;

/**
 * Parses a number like the reference's JSON reader: it reads the digits as an integer and divides by a power of ten, so
 * that 17 digits are rounded twice. Sums of such numbers decide between segmentations of equal cost.
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
