import { compared, isSame, str } from "./python";
import { contains } from "./tests";
import { floatOf, isFloat, isList, isNumber, isText, isTuple, listOf, typeName, type Value, valueFor } from "./values";

/** Python's operators, without `and` and `or`, which may leave out their right side. */
export function operated(operator: string, a: Value, b: Value): Value {
  const truth = comparisons[operator];
  if (truth !== undefined) return valueFor(truth(a, b));
  if (operator === "~") return valueFor(str(a) + str(b));
  if (operator === "+" && isText(a) && isText(b)) return valueFor(a.value + b.value);
  if (operator === "+" && isList(a) && isList(b) && isTuple(a) === isTuple(b)) return listOf([...a.value, ...b.value]);
  if (operator === "*" && isText(a) && isNumber(b)) return valueFor(a.value.repeat(Math.max(0, Number(b.value))));
  const arithmetic = numbers[operator];
  if (!isNumber(a) || !isNumber(b) || arithmetic === undefined)
    throw new Error(`"${operator}" is not possible between ${typeName(a)} and ${typeName(b)}`);
  const result = arithmetic(Number(a.value), Number(b.value));
  if (!Number.isFinite(result)) throw new Error(`"${operator}" gives no finite number`);
  const float = operator === "/" || isFloat(a) || isFloat(b) || !Number.isInteger(result);
  return float ? floatOf(result) : valueFor(result);
}

const comparisons: Readonly<Record<string, (a: Value, b: Value) => boolean>> = {
  "==": isSame,
  "!=": (a, b) => !isSame(a, b),
  in: (a, b) => contains(b, a),
  "not in": (a, b) => !contains(b, a),
  "<": (a, b) => compared(a, b) < 0,
  "<=": (a, b) => compared(a, b) <= 0,
  ">": (a, b) => compared(a, b) > 0,
  ">=": (a, b) => compared(a, b) >= 0,
};

/** Division rounds down, and a remainder has the sign of the divisor. */
const numbers: Readonly<Record<string, (a: number, b: number) => number>> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
  "//": (a, b) => Math.floor(a / b),
  "%": (a, b) => a - Math.floor(a / b) * b,
  "**": (a, b) => a ** b,
};
