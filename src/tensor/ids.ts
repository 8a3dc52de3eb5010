import { describe, wholeIn } from "../checks";
import { conversion } from "../describe";
import { ShapeError } from "../errors";
import { show, sizeOf } from "./shape";
import type { NestedArray } from "./shape-types";
import { Tensor } from "./tensor";

/** A batch of token ids, [batch][seq]. */
export type Ids = readonly (readonly number[])[];

/** Whole numbers with a shape, for indexing operations. */
export interface Indices {
  values: Int32Array;
  shape: number[];
}

/**
 * Whole numbers from 0 to `limit` − 1, read from a list or a batch of lists.
 *
 * @throws TypeError if they are not numbers; ShapeError if rows differ in length, naming the row; RangeError if one is
 * out of range, naming its row and column
 */
export function indices(name: string, ids: readonly number[] | Ids, limit: number, alsoAllowed?: number): Indices {
  if (!Array.isArray(ids))
    throw new TypeError(`${name} must be an array of arrays of numbers, not ${shown("array", ids)}`);
  const found = nestedIndices(name, ids, limit, alsoAllowed);
  if (found.shape.length > 2) {
    const inner = (ids as unknown[][][])[0]![0];
    throw new TypeError(`${name}: ${describe(inner)} in row 0, column 0 is not a number`);
  }
  return ids.length === 0 ? { values: found.values, shape: [0, 0] } : found;
}

/**
 * Whole numbers from 0 to `limit` − 1, of any shape: nested arrays, one number, or a tensor.
 *
 * @throws TypeError if they are not numbers; ShapeError if arrays at one depth differ in length; RangeError if one is out
 * of range; each names the place
 */
export function nestedIndices(name: string, ids: NestedArray | Tensor, limit: number, alsoAllowed?: number): Indices {
  const { numbers, shape } = ids instanceof Tensor ? { numbers: ids.data, shape: ids.shape } : listed(name, ids);
  const values = new Int32Array(numbers.length);
  for (let i = 0; i < numbers.length; i++) {
    const id = numbers[i]!;
    const isInside = id >= 0 && id < limit && Number.isInteger(id);
    if (!isInside && (id !== alsoAllowed || !Number.isInteger(id))) throw outside(name, id, pathOf(i, shape), limit);
    values[i] = id;
  }
  return { values, shape: [...shape] };
}

function outside(name: string, id: number, path: readonly number[], limit: number): RangeError {
  const hint = Number.isInteger(id) && id < 0 && limit > 0 ? "; places are counted from the front only" : "";
  return new RangeError(`${name}: ${id}${at(path)} is not a whole number from 0 to ${limit - 1}${hint}`);
}

/** The numbers of nested arrays in a row, and the shape along the first elements. */
function listed(name: string, ids: NestedArray): { numbers: number[]; shape: number[] } {
  const shape: number[] = [];
  for (let level: unknown = ids; Array.isArray(level); level = level[0])
    if (shape.push(level.length) > DEEPEST) throw new ShapeError(`${name} is nested more than ${DEEPEST} deep`);
  const numbers: number[] = [];
  const path: number[] = [];
  const visit = (value: unknown, depth: number): void => {
    if (depth === shape.length) {
      if (typeof value !== "number") throw notNumber(name, value, path);
      numbers.push(value);
      return;
    }
    if (!Array.isArray(value)) throw notRow(name, value, path);
    if (value.length !== shape[depth]) throw ragged(name, value.length, shape, path);
    // Not forEach, which skips holes.
    for (let i = 0; i < value.length; i++) {
      path[depth] = i;
      visit(value[i], depth + 1);
    }
    path.length = depth;
  };
  visit(ids, 0);
  return { numbers, shape };
}

/** Stops at an array that contains itself: no real shape is this deep. */
const DEEPEST = 64;

function notNumber(name: string, value: unknown, path: readonly number[]): TypeError {
  if (path.length === 0)
    return new TypeError(
      `${name} must be a number, nested arrays of numbers or a Tensor, not ${shown("array", value)}`,
    );
  return new TypeError(`${name}: ${describe(value)}${at(path)} is not a number${conversion("number or array", value)}`);
}

const notRow = (name: string, value: unknown, path: readonly number[]): TypeError =>
  new TypeError(`${name}${brackets(path)} must be an array of numbers, not ${shown("array", value)}`);

function ragged(name: string, length: number, shape: readonly number[], path: readonly number[]): ShapeError {
  const first = shape[path.length];
  if (shape.length !== 2)
    return new ShapeError(
      `${name}${brackets(path)} has ${length} elements where ${name}${brackets(path.map(() => 0))} has ${first}`,
    );
  return new ShapeError(
    `${name}: row ${path[0]} has ${length} ids where row 0 has ${first}; pad the rows to one length`,
  );
}

const brackets = (path: readonly number[]): string => path.map((i) => `[${i}]`).join("");

/** Where a number is: ` in row 0, column 2` of a list or a batch of lists, ` at [1][0][2]` of anything deeper. */
function at(path: readonly number[]): string {
  if (path.length === 0) return "";
  if (path.length > 2) return ` at ${brackets(path)}`;
  const [row, column] = path.length === 1 ? [0, path[0]] : path;
  return ` in row ${row}, column ${column}`;
}

/** The place of element i of a shape along each axis. */
function pathOf(i: number, shape: readonly number[]): number[] {
  const path: number[] = [];
  let rest = i;
  for (const size of shape.toReversed()) {
    path.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return path;
}

/** Checks that a value fits an Int32Array. */
export const isWhole = /* @__PURE__ */ wholeIn({ least: -(2 ** 31), most: 2 ** 31 - 1 });

const shown = (wanted: string, value: unknown): string => `${describe(value)}${conversion(wanted, value)}`;

/** Throws unless the indices have this shape. */
export function expectIndexShape(name: string, found: Indices, wanted: readonly number[]): void {
  if (show(found.shape) !== show(wanted))
    throw new ShapeError(
      `${name} has shape ${show(found.shape)} (${sizeOf(found.shape)} ids) but must have shape ${show(wanted)}`,
    );
}
