import { ShapeError } from "../../../errors";
import { show } from "../../shape";
import type { Shape } from "../../shape-types";

/** The labels of every operand's axes and of the result's, and the size of each. */
export interface Labelled {
  terms: readonly (readonly string[])[];
  output: readonly string[];
  sizes: ReadonlyMap<string, number>;
}

/** As written: letters and at most one ellipsis a term. */
interface Parsed {
  terms: readonly (readonly string[])[];
  output: readonly string[] | undefined;
}

const ELLIPSIS = "...";
const letters = (term: readonly string[]): readonly string[] => term.filter((label) => label !== ELLIPSIS);

/**
 * Gives every axis its label: a letter, or `...1` for the last axis that an ellipsis stands for, `...2` for the one
 * before it.
 *
 * @throws RangeError if the equation does not parse; ShapeError if the operands do not fit it
 */
export function labelled(equation: string, shapes: readonly Shape[]): Labelled {
  const parsed = parse(equation);
  if (parsed.terms.length !== shapes.length)
    throw new RangeError(
      `einsum: the equation "${equation}" has ${count(parsed.terms.length, "term")}, but ${count(shapes.length, "operand")} ${shapes.length === 1 ? "is" : "are"} given`,
    );
  const hidden = parsed.terms.map((term, i) => hiddenAxes(term, shapes[i]!, i));
  const expand = (term: readonly string[], axes: number) =>
    term.flatMap((label) => (label === ELLIPSIS ? Array.from({ length: axes }, (_, i) => `...${axes - i}`) : [label]));
  const terms = parsed.terms.map((term, i) => expand(term, hidden[i]!));
  const output = expand(parsed.output ?? implied(parsed.terms), Math.max(0, ...hidden));
  return { terms, output, sizes: sizesOf(terms, shapes) };
}

const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? "" : "s"}`;

/** Without an arrow: the axes of the ellipses, then the letters that occur once, in the order of their codes. */
function implied(terms: readonly (readonly string[])[]): string[] {
  const all = terms.flatMap(letters);
  return [ELLIPSIS, ...all.filter((label) => all.indexOf(label) === all.lastIndexOf(label)).sort()];
}

function parse(equation: string): Parsed {
  const terms: string[][] = [[]];
  let output: string[] | undefined;
  const refuse = (at: number, what: string) =>
    new RangeError(
      `einsum: the equation "${equation}" has ${what} at position ${at}; write one term of letters per operand, as in "ij,jk->ik"`,
    );
  for (let at = 0; at < equation.length; at++) {
    const character = equation[at]!;
    const term = output ?? terms.at(-1)!;
    if (equation.startsWith(ELLIPSIS, at)) {
      if (term.includes(ELLIPSIS)) throw refuse(at, "a second ellipsis in one term");
      term.push(ELLIPSIS);
      at += 2;
    } else if (equation.startsWith("->", at)) {
      if (output !== undefined) throw refuse(at, 'a second "->"');
      output = [];
      at++;
    } else if (character === "," && output === undefined) terms.push([]);
    else if (/[A-Za-z]/.test(character)) {
      if (output?.includes(character)) throw refuse(at, `a second "${character}" in the result`);
      if (output && !terms.some((each) => each.includes(character)))
        throw refuse(at, `a "${character}" in the result that is in no term`);
      term.push(character);
    } else if (!/\s/.test(character)) throw refuse(at, `an unexpected ${JSON.stringify(character)}`);
  }
  return { terms, output };
}

/** How many axes of an operand its ellipsis stands for. */
function hiddenAxes(term: readonly string[], shape: Shape, operand: number): number {
  const named = letters(term).length;
  const hidden = shape.length - named;
  if (hidden < 0 || (hidden > 0 && !term.includes(ELLIPSIS)))
    throw new ShapeError(
      `einsum: operand ${operand} is ${show(shape)}, but its term "${term.join("")}" names ${count(named, "axis").replace("axiss", "axes")}`,
    );
  return hidden;
}

/** Sizes of 1 broadcast, except between axes of one operand. */
function sizesOf(terms: readonly (readonly string[])[], shapes: readonly Shape[]): Map<string, number> {
  const found = new Map<string, { size: number; operand: number; axis: number }>();
  terms.forEach((term, operand) => {
    term.forEach((label, axis) => {
      const size = shapes[operand]![axis]!;
      const known = found.get(label);
      const twin = term.indexOf(label);
      if (twin < axis && shapes[operand]![twin] !== size)
        throw misfit(label, size, operand, axis, { size: shapes[operand]![twin]!, operand, axis: twin });
      if (known === undefined || known.size === 1) found.set(label, { size, operand, axis });
      else if (size !== 1 && size !== known.size) throw misfit(label, size, operand, axis, known);
    });
  });
  return new Map([...found].map(([label, { size }]) => [label, size]));
}

function misfit(
  label: string,
  size: number,
  operand: number,
  axis: number,
  known: { size: number; operand: number; axis: number },
): ShapeError {
  const what = label.startsWith(ELLIPSIS) ? "an axis of the ellipsis" : `"${label}"`;
  return new ShapeError(
    `einsum: ${what} is ${known.size} along axis ${known.axis} of operand ${known.operand}, but ${size} along axis ${axis} of operand ${operand}`,
  );
}
