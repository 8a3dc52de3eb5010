import { choice, type Expression, literal, oneByte, optional, repeat, sequence } from "../automaton/expression";
import { decimals, MOST_DIGITS } from "./decimals";
import type { Facts, Resolver } from "./facts";

/** The most digits behind the point of a number with bounds. */
const MOST_FRACTION = 6;
/** A larger step would need too many states. */
const MOST_STEP = 1000n;

interface Bounds {
  least: number;
  most: number;
  excludesLeast: boolean;
  excludesMost: boolean;
  multiples: readonly number[];
}

/** What the facts say about numbers. */
export function boundsOf({ members }: Facts): Bounds {
  const all = (name: "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" | "multipleOf") =>
    members.flatMap(({ schema }) => schema[name] ?? []);
  const [lowest, highest] = [Math.max(-Infinity, ...all("minimum")), Math.min(Infinity, ...all("maximum"))];
  const above = Math.max(-Infinity, ...all("exclusiveMinimum"));
  const below = Math.min(Infinity, ...all("exclusiveMaximum"));
  return {
    least: Math.max(lowest, above),
    most: Math.min(highest, below),
    excludesLeast: above >= lowest && above > -Infinity,
    excludesMost: below <= highest && below < Infinity,
    multiples: all("multipleOf"),
  };
}

/** Numbers within bounds. Those without bounds may have an exponent. */
export function numberExpression(document: Resolver, facts: Facts, isInteger: boolean): Expression {
  const bounds = boundsOf(facts);
  const isFree = bounds.least === -Infinity && bounds.most === Infinity && bounds.multiples.length === 0;
  if (isFree) return isInteger ? anyInteger : anyNumber;
  const digits = isInteger ? 0 : fractionOf(document, facts, bounds.multiples);
  return choice(
    Array.from({ length: digits + 1 }, (_, fraction) => {
      const step = stepOf(document, facts, bounds.multiples, fraction);
      return decimals(
        bounds.least === -Infinity
          ? -(10n ** BigInt(MOST_DIGITS))
          : scaled(bounds.least, fraction, true, bounds.excludesLeast),
        bounds.most === Infinity
          ? 10n ** BigInt(MOST_DIGITS)
          : scaled(bounds.most, fraction, false, bounds.excludesMost),
        fraction,
        step,
      );
    }),
  );
}

/** A bound times 10^fraction: the nearest whole number within it. */
function scaled(bound: number, fraction: number, isLeast: boolean, isExcluded: boolean): bigint {
  const [numerator, denominator] = ratio(bound);
  const value = numerator * 10n ** BigInt(fraction);
  const isWhole = value % denominator === 0n;
  let whole = value / denominator; // Rounds towards 0.
  if (!isWhole && isLeast && value > 0n) whole += 1n;
  if (!isWhole && !isLeast && value < 0n) whole -= 1n;
  if (isWhole && isExcluded) whole += isLeast ? 1n : -1n;
  return whole;
}

/** A number as it is written in JSON: 0.1 is a tenth. */
function ratio(value: number): [bigint, bigint] {
  const [, sign = "", whole = "", , digits = "", exponent = "0"] = /^(-?)(\d+)(\.(\d+))?(?:e([+-]\d+))?$/.exec(
    String(value),
  )!;
  const power = Number(exponent) - digits.length;
  const numerator = BigInt(`${sign}${whole}${digits}`);
  return power >= 0 ? [numerator * 10n ** BigInt(power), 1n] : [numerator, 10n ** BigInt(-power)];
}

/**
 * The most digits behind the point. A multiple of 0.25 has two; of a decimal such as 0.01, validators do not agree on the
 * multiples: 0.07 / 0.01 is not 7 in floating point.
 */
function fractionOf(document: Resolver, facts: Facts, multiples: readonly number[]): number {
  const needed = multiples.map((multiple) => {
    for (let halvings = 0; halvings <= MOST_FRACTION; halvings++)
      if (Number.isInteger(multiple * 2 ** halvings)) return halvings;
    throw wrongStep(document, facts);
  });
  return Math.min(MOST_FRACTION, ...needed);
}

/** n / 10^fraction is a multiple of all if n is a multiple of this. */
function stepOf(document: Resolver, facts: Facts, multiples: readonly number[], fraction: number): bigint {
  const steps = multiples.map((multiple) => {
    const [numerator, denominator] = ratio(multiple);
    const scaledNumerator = numerator * 10n ** BigInt(fraction);
    return scaledNumerator / gcd(scaledNumerator, denominator);
  });
  const step = steps.reduce((all, one) => (all / gcd(all, one)) * one, 1n);
  if (step > MOST_STEP) throw wrongStep(document, facts);
  return step;
}

function wrongStep(document: Resolver, { members }: Facts): RangeError {
  const { path, schema } = members.find((member) => member.schema.multipleOf !== undefined)!;
  return document.error(
    `${path}/multipleOf`,
    `is ${schema.multipleOf}; supported are whole numbers up to ${MOST_STEP}, halves, quarters and so on`,
  );
}

const gcd = (a: bigint, b: bigint): bigint => (b === 0n ? a : gcd(b, a % b));

const digit = /* @__PURE__ */ oneByte(0x30, 0x39);
const digits = (least: number, most: number): Expression => repeat(digit, least, most);
const fromOne = /* @__PURE__ */ sequence([
  /* @__PURE__ */ oneByte(0x31, 0x39),
  /* @__PURE__ */ digits(0, MOST_DIGITS - 1),
]);
const minus = /* @__PURE__ */ optional(/* @__PURE__ */ literal("-"));

const anyInteger = /* @__PURE__ */ choice([/* @__PURE__ */ literal("0"), /* @__PURE__ */ sequence([minus, fromOne])]);

/** The exponent has two digits, so that the number is finite. */
const anyNumber = /* @__PURE__ */ sequence([
  minus,
  /* @__PURE__ */ choice([/* @__PURE__ */ literal("0"), fromOne]),
  /* @__PURE__ */ optional(
    /* @__PURE__ */ sequence([/* @__PURE__ */ literal("."), /* @__PURE__ */ digits(1, MOST_DIGITS)]),
  ),
  /* @__PURE__ */ optional(
    /* @__PURE__ */ sequence([
      /* @__PURE__ */ choice([/* @__PURE__ */ literal("e"), /* @__PURE__ */ literal("E")]),
      /* @__PURE__ */ optional(/* @__PURE__ */ choice([/* @__PURE__ */ literal("+"), /* @__PURE__ */ literal("-")])),
      /* @__PURE__ */ digits(1, 2),
    ]),
  ),
]);
