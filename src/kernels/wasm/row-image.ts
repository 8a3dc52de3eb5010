import type { RowAttention, RowChain, RowProgram, StepFactor } from "../row-program";
import type { Attending } from "./attend-row";
import { compiledDecoding } from "./decoding";
import type { Flavor } from "./module";
import { align, type Region } from "./region";
import { Ground, type Side } from "./row-ground";
import { numbersOf, ProgramLayout, type Value } from "./row-layout";
import { canRun, homeOf, type Part, roomForProducts, SHARED, STEP } from "./row-part";
import { threadCount } from "./threads";

/** A program, as the kernels run it. */
export interface Stretch {
  readonly parts: readonly Part[];
  readonly results: readonly Float32Array[];
  /** What goes on to the next program, and where to, unless it lies where that looks for it. */
  readonly kept: Float32Array | undefined;
  readonly carried: Float32Array | undefined;
}

/** A chain of programs, as the kernels run it. */
export interface Image {
  readonly grounds: readonly Ground[];
  readonly threads: number;
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
  if (homes.size === 0 || [...homes].some(({ room }) => room < 2 * area)) return undefined;
  const module = compiledDecoding(flavor);
  const grounds = new Map([...homes].map((home) => [home, new Ground(home, home.with(module), area)]));
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

/** More bytes than a program takes in one memory, with the inputs of the next one, which are as large as two results. */
function roomFor({ sizes, angles, steps }: RowProgram): number {
  const all = [...sizes];
  const numbers = (count: number) => align(4 * count);
  let bytes = SHARED;
  for (const step of steps) {
    const size = all[step.x]!;
    bytes += STEP + SHARED + 2 * numbers(angles);
    if (step.kind === "products") {
      bytes += roomForProducts(step.factors, size);
      all.push(...step.factors.map(({ rows }) => rows));
    } else {
      if (step.kind === "layerNorm" || step.kind === "rmsNorm") bytes += 2 * numbers(size);
      all.push(size);
    }
  }
  for (const size of all) bytes += 2 * numbers(size);
  return bytes;
}

/** Places programs one after the other: what one leaves to the next is in the area that the next does not use. */
function laidOut({ programs }: RowChain, grounds: ReadonlyMap<Region, Ground>): Pick<Image, "entries" | "stretches"> {
  const all = [...grounds.values()];
  const starts = programs.map((program) => (isRun(program) ? grounds.get(homesOf(program)[0]!) : undefined));
  const groundAt = (place: number): Ground => starts[place] ?? starts[place - 1] ?? all[0]!;
  const stretches: (Stretch | undefined)[] = [];
  let inputs = programs[0]!.sizes.map((size) => placed(size, groundAt(0), 1));
  const entries = [inputs.map(numbersOf)];
  for (const [i, program] of programs.entries()) {
    const side = (i & 1) as Side;
    for (const ground of all) ground.clear(side);
    const layout = isRun(program) ? new ProgramLayout(grounds, groundAt(i), side, program, inputs) : undefined;
    let kept: Float32Array | undefined;
    let carried: Float32Array | undefined;
    const next = programs[i + 1];
    if (next) {
      const ground = groundAt(i + 1);
      const [size, attended] = next.sizes as [number, number];
      const first = program.results[0]!;
      const own = layout && first >= inputs.length ? layout.values[first]!.at.get(ground) : undefined;
      const goesOn = own === undefined ? placed(size, ground, side) : { size, at: new Map([[ground, own]]) };
      if (layout && own === undefined) {
        kept = numbersOf(layout.values[first]!);
        carried = numbersOf(goesOn);
      }
      inputs = [goesOn, placed(attended, ground, side)];
      entries.push(inputs.map(numbersOf));
    }
    stretches.push(
      layout && {
        ...{ parts: layout.parts, kept, carried },
        results: program.results.map((value) => numbersOf(layout.values[value]!)),
      },
    );
  }
  return { entries, stretches };
}

/** Room for a value. */
const placed = (size: number, ground: Ground, side: Side): Value => ({
  size,
  at: new Map([[ground, ground.take(side, 4 * size)]]),
});
