import { choice, type Expression, literal, oneByte, optional, repeat, sequence } from "../automaton/expression";
import { decimals, MOST_DIGITS } from "./decimals";
import type { FactKeywords, Facts, Resolver } from "./facts";

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
  /** A number is a multiple of none of these. */
  excludedMultiples: readonly number[];
}

/** What the facts say about numbers. */
export function boundsOf({ members }: Facts): Bounds {
  type Name = "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" | "multipleOf" | "excludedMultiple";
  const all = (name: Name) => members.flatMap(({ schema }) => schema[name] ?? []);
  const [lowest, highest] = [Math.max(-Infinity, ...all("minimum")), Math.min(Infinity, ...all("maximum"))];
  const above = Math.max(-Infinity, ...all("exclusiveMinimum"));
  const below = Math.min(Infinity, ...all("exclusiveMaximum"));
  return {
    least: Math.max(lowest, above),
    most: Math.min(highest, below),
    excludesLeast: above >= lowest && above > -Infinity,
    excludesMost: below <= highest && below < Infinity,
    multiples: all("multipleOf"),
    excludedMultiples: all("excludedMultiple"),
  };
}

/** Numbers within bounds. Those without bounds may have an exponent. */
export function numberExpression(document: Resolver, facts: Facts, isInteger: boolean): Expression {
  const bounds = boundsOf(facts);
  const { least, most, excludesLeast, excludesMost, multiples, excludedMultiples } = bounds;
  const isFree = least === -Infinity && most === Infinity && multiples.length + excludedMultiples.length === 0;
  if (isFree) return isInteger ? anyInteger : anyNumber;
  const halvings = multiples.map((step) => halvingsOf(document, facts, step));
  for (const step of excludedMultiples) halvingsOf(document, facts, step);
  const digits = isInteger ? 0 : Math.min(MOST_FRACTION, ...halvings);
  const options: Expression[] = [];
  for (let fraction = 0; fraction <= digits; fraction++) {
    const wanted = multiples.map((step) => scaledStep(step, fraction));
    const excluded = excludedMultiples.map((step) => scaledStep(step, fraction));
    const modulus = [...wanted, ...excluded].reduce((all, one) => (all / gcd(all, one)) * one, 1n);
    // Of what is excluded, only numbers with few digits are told apart.
    if (modulus > MOST_STEP && fraction > 0 && wanted.every((step) => step <= MOST_STEP)) break;
    if (modulus > MOST_STEP) throw wrongStep(document, facts);
    options.push(
      decimals({
        least: least === -Infinity ? -(10n ** BigInt(MOST_DIGITS)) : scaled(least, fraction, true, excludesLeast),
        most: most === Infinity ? 10n ** BigInt(MOST_DIGITS) : scaled(most, fraction, false, excludesMost),
        fraction,
        modulus: Number(modulus),
        isAllowed: (remainder) =>
          wanted.every((step) => remainder % Number(step) === 0) &&
          excluded.every((step) => remainder % Number(step) !== 0),
      }),
    );
  }
  return choice(options);
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
 * The digits behind the point of a step's multiples. A multiple of 0.25 has two; of a decimal such as 0.01, validators do
 * not agree on the multiples: 0.07 / 0.01 is not 7 in floating point.
 */
function halvingsOf(document: Resolver, facts: Facts, step: number): number {
  for (let halvings = 0; halvings <= MOST_FRACTION; halvings++)
    if (Number.isInteger(step * 2 ** halvings)) return halvings;
  throw wrongStep(document, facts);
}

/** n / 10^fraction is a multiple of a step if n is a multiple of this. */
function scaledStep(step: number, fraction: number): bigint {
  const [numerator, denominator] = ratio(step);
  const scaledNumerator = numerator * 10n ** BigInt(fraction);
  return scaledNumerator / gcd(scaledNumerator, denominator);
}

function wrongStep(document: Resolver, { members }: Facts): RangeError {
  const stepIn = ({ multipleOf, excludedMultiple }: FactKeywords) => multipleOf ?? excludedMultiple;
  const { path, schema } = members.find((member) => stepIn(member.schema) !== undefined)!;
  return document.error(
    `${path}/multipleOf`,
    `is ${stepIn(schema)}; supported are whole numbers up to ${MOST_STEP}, halves, quarters and so on`,
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
