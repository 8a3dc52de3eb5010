import type { Axis } from "../../specs";
import { CHUNK, placeOf, wideOf } from "../stream";
import { functionStream } from "./stream";

/** The sums along every line by vector instructions; undefined where the reference is as fast. */
export function cumulativeSumVector(x: Float32Array, axis: Axis, backward: boolean): Float32Array | undefined {
  const { outer, size, inner } = axis;
  if (inner > CHUNK || size * inner < 16) return undefined;
  const output = new Float32Array(x.length);
  const sum = inner === 1 ? sumLine : sumRows;
  for (let o = 0; o < outer; o++) {
    const [from, to] = [o * size * inner, (o + 1) * size * inner];
    sum(x.subarray(from, to), output.subarray(from, to), inner, backward);
  }
  return output;
}

function sumLine(x: Float32Array, output: Float32Array, _: number, backward: boolean): void {
  const { numbers, assembly } = functionStream();
  const place = placeOf(0);
  let total = 0;
  forEachPart(x.length, CHUNK, backward, (from, to) => {
    const part = numbers.subarray(place / 4, place / 4 + to - from);
    part.set(x.subarray(from, to));
    if (backward) part.reverse();
    total = assembly.addUpLine!(place, to - from, total);
    output.set(backward ? part.reverse() : part, from);
  });
}

function sumRows(x: Float32Array, output: Float32Array, inner: number, backward: boolean): void {
  const { numbers, doubles, assembly } = functionStream();
  const [place, totals] = [placeOf(0), wideOf(0)];
  doubles.fill(0, totals / 8, totals / 8 + inner);
  const rows = x.length / inner;
  forEachPart(rows, Math.floor(CHUNK / inner), backward, (from, to) => {
    const part = numbers.subarray(place / 4, place / 4 + (to - from) * inner);
    part.set(x.subarray(from * inner, to * inner));
    assembly.addUpRows!(place, to - from, inner, totals, Number(backward));
    output.set(part, from * inner);
  });
}

/** Parts of at most `length`, from the end if backward. */
function forEachPart(count: number, length: number, backward: boolean, visit: (from: number, to: number) => void) {
  for (let done = 0; done < count; done += length) {
    const next = Math.min(length, count - done);
    const from = backward ? count - done - next : done;
    visit(from, from + next);
  }
}
