import type { RowAttention, RowChain, RowProgram, StepFactor } from "../row-program";
import { regionOf } from "./arenas";
import type { Attending } from "./attend-row";
import { compiledDecoding } from "./decoding";
import type { Flavor } from "./module";
import { align, type Region } from "./region";
import { canRun, homeOf, roomForProducts } from "./row-factors";
import { Ground, type Side } from "./row-ground";
import { numbersOf, ProgramLayout, placed, Segments } from "./row-layout";
import { FACTOR, type Segment, SHARED, STEP } from "./row-segment";
import { threadCount } from "./threads";

/** A place in a chain: a segment, and a step in it. */
interface Mark {
  readonly segment: number;
  readonly step: number;
}

/** A program, as the kernels run it. */
export interface Stretch {
  readonly from: Mark;
  /** Behind the attention that follows it. */
  readonly to: Mark;
  readonly results: readonly Float32Array[];
}

/** A chain of programs, as the kernels run it. */
export interface Image {
  readonly grounds: readonly Ground[];
  readonly threads: number;
  readonly segments: readonly Segment[];
  /** Where each program has its inputs. */
  readonly entries: readonly (readonly Float32Array[])[];
  /** Undefined for a program that these kernels do not have. */
  readonly stretches: readonly (Stretch | undefined)[];
  readonly attention: readonly Attending[];
}

/** Whether nothing else lies where it does, and as many threads share it. */
export const isCurrent = ({ grounds, threads }: Image): boolean =>
  threads === threadCount() && grounds.every((ground) => ground.isCurrent);

/** Undefined if these kernels can run none of the programs, or have no room beside the weights. */
export function imageOf(flavor: Flavor, chain: RowChain): Image | undefined {
  const homes = new Set(chain.programs.filter(isRun).flatMap(homesOf));
  const area = align(Math.max(...chain.programs.map(roomFor)));
  const steps = align(chain.programs.reduce((sum, program) => sum + roomForSteps(program), 0));
  if (homes.size === 0 || [...homes].some(({ room }) => room < 2 * area + steps)) return undefined;
  const module = compiledDecoding(flavor);
  const grounds = new Map([...homes].map((home) => [home, new Ground(home, home.with(module), { area, steps })]));
  const alike = new Map<string, Attending>();
  const attention = chain.attention.map((each) => ofKind(each, alike));
  return { ...laidOut(chain, grounds), grounds: [...grounds.values()], threads: threadCount(), attention };
}

const isRun = ({ steps }: RowProgram): boolean => steps.every(canRun);

/** The memories of a program's weights. */
const homesOf = ({ steps }: RowProgram): Region[] =>
  steps.flatMap((step) => (step.kind === "products" ? step.factors : [])).map((factor: StepFactor) => homeOf(factor)!);

/** Layers of one kind share what they need. */
function ofKind(attention: RowAttention, known: Map<string, Attending>): Attending {
  const kind = Object.values(attention).join();
  const attending = known.get(kind) ?? { attention, spots: new WeakMap() };
  known.set(kind, attending);
  return attending;
}

const bytesOf = (count: number): number => align(4 * count);

/** More bytes than the values of a program take in one memory, with the inputs of the next, as large as two results. */
function roomFor({ sizes, steps }: RowProgram): number {
  const all = [...sizes];
  let bytes = 0;
  for (const step of steps) {
    const size = all[step.x]!;
    if (step.kind === "products") {
      bytes += roomForProducts(step.factors, size);
      all.push(...step.factors.map(({ rows }) => rows));
    } else all.push(size);
  }
  return all.reduce((sum, size) => sum + 2 * bytesOf(size), bytes);
}

/** More bytes than the steps of a program take, with the angles and the weights that are copied beside them. */
function roomForSteps(program: RowProgram): number {
  const homes = new Set(isRun(program) ? homesOf(program) : []);
  const isThere = (numbers: Float32Array) => homes.size === 1 && homes.has(regionOf(numbers)!);
  const copied = (numbers: Float32Array | undefined) => (numbers && !isThere(numbers) ? bytesOf(numbers.length) : 0);
  // Each segment has words of its own, and a program of two inputs may be copied on.
  let bytes = 2 * STEP + SHARED + 2 * bytesOf(program.angles);
  for (const step of program.steps) {
    bytes += 2 * STEP + SHARED + 16;
    if (step.kind === "layerNorm" || step.kind === "rmsNorm") bytes += copied(step.weight) + copied(step.bias);
    if (step.kind !== "products") continue;
    for (const { bias } of step.factors) bytes += STEP + SHARED + 16 + FACTOR + copied(bias);
  }
  return bytes;
}

/** Places programs one after the other: what one leaves to the next is in the area that the next does not use. */
function laidOut(
  { programs, attention, turns }: RowChain,
  grounds: ReadonlyMap<Region, Ground>,
): Pick<Image, "segments" | "entries" | "stretches"> {
  const all = [...grounds.values()];
  const starts = programs.map((program) => (isRun(program) ? grounds.get(homesOf(program)[0]!) : undefined));
  const groundAt = (place: number): Ground => starts[place] ?? starts[place - 1] ?? all[0]!;
  const segments = new Segments();
  const mark = (): Mark => ({ segment: segments.all.length - 1, step: segments.all.at(-1)!.length });
  const stretches: (Stretch | undefined)[] = [];
  let inputs = programs[0]!.sizes.map((size) => placed(size, groundAt(0), 1));
  const entries = [inputs.map(numbersOf)];
  for (const [i, program] of programs.entries()) {
    const side = (i & 1) as Side;
    const ground = starts[i];
    for (const each of all) each.clear(side);
    if (ground) segments.in(ground);
    else segments.end();
    const from = ground && mark();
    const layout = ground && new ProgramLayout(segments, grounds, { ground, side, turn: turns[i]! }, program, inputs);
    const next = programs[i + 1];
    if (next) {
      const [size, attended] = next.sizes as [number, number];
      const after = groundAt(i + 1);
      inputs = [layout?.handOn(program.results[0]!, after) ?? placed(size, after, side), placed(attended, after, side)];
      entries.push(inputs.map(numbersOf));
      if (layout) segments.last!.attention(i, attention[i]!);
    }
    const results = layout && program.results.map((value) => numbersOf(layout.values[value]!));
    stretches.push(from && results && { from, to: mark(), results });
  }
  for (const segment of segments.all) segment.end();
  return { segments: segments.all, entries, stretches };
}
