import type { Module } from "../blocks";
import { readSafetensors, type WritableTensor, writeSafetensors } from "../checkpoint";
import { kernels } from "../kernels";
import { add, FormatError, type Parameter, type Tensor } from "../tensor";
import { elsewhereOf, tensorHere } from "../tensor/internal";
import type { Optimizer } from "./optimizer";
import { expectSameSchedule, expectSameSettings, probes } from "./same-settings";
import type { Schedule } from "./schedules";
import { valuesOf } from "./stored-values";

/** What a training state is saved from, and must match when it is restored. */
export interface Trained {
  model: Module;
  optimizer: Optimizer;
  schedule: Schedule;
  steps: number;
  /** The numeric options of `train`. */
  settings: Readonly<Record<string, unknown>>;
  /** The settings of the model's modules when `train` was called. */
  modelSettings: Readonly<Record<string, unknown>>;
}

/** The metadata key of everything besides tensors, as JSON. */
const KEY = "transformer-blocks.training";

interface TrainingRecord {
  version: 1;
  /** The number of steps taken. */
  step: number;
  train: Readonly<Record<string, unknown>>;
  model: Readonly<Record<string, unknown>>;
  /** Some steps, and the schedule's factor for each. */
  schedule: readonly unknown[];
  optimizer: Readonly<Record<string, unknown>>;
  /** A checksum of each quantized, and so frozen, parameter. */
  quantized: Readonly<Record<string, unknown>>;
}

/** One safetensors file: `model.<path>`, `optimizer.<name>`, and the rest as metadata. */
export function savedTraining(trained: Trained, step: number): Uint8Array {
  const sums = quantizedOf(trained).map(([path, { data }]) => [path, checksum(data)] as const);
  return written(trained, step, tensorsOf(trained), Object.fromEntries(sums));
}

/** The same where numbers may be on a device. What changes after the call is not in the file. */
export async function readTraining(trained: Trained, step: number): Promise<Uint8Array> {
  const copies = Array.from(tensorsOf(trained), ([name, x]) => [name, elsewhereOf(x) ? add(x, 0) : x] as const);
  if (copies.every(([, x]) => elsewhereOf(x) === undefined)) return savedTraining(trained, step);
  const tensors = new Map<string, WritableTensor>();
  for (const [name, x] of copies) tensors.set(name, { shape: x.shape, data: await x.read() });
  const sums: Record<string, number> = {};
  for (const [path, parameter] of quantizedOf(trained)) sums[path] = checksum(await parameter.read());
  return written(trained, step, tensors, sums);
}

const quantizedOf = ({ model }: Trained) => [...model.parameters()].filter(([, { quantized }]) => quantized);

function tensorsOf({ model, optimizer }: Trained): Map<string, Tensor> {
  const { state } = stateful(optimizer);
  const tensors = new Map<string, Tensor>();
  for (const [path, parameter] of model.parameters()) if (!parameter.quantized) tensors.set(`model.${path}`, parameter);
  for (const [name, tensor] of state()) tensors.set(`optimizer.${name}`, tensor);
  return tensors;
}

function written(
  { optimizer, schedule, steps, settings, modelSettings }: Trained,
  step: number,
  tensors: ReadonlyMap<string, WritableTensor>,
  quantized: TrainingRecord["quantized"],
): Uint8Array {
  const record: TrainingRecord = {
    version: 1,
    step,
    train: settings,
    model: modelSettings,
    schedule: probes(steps).map((at) => [at, schedule(at)]),
    optimizer: optimizer.settings ?? {},
    quantized,
  };
  return writeSafetensors(tensors, { [KEY]: JSON.stringify(record) });
}

/**
 * Restores a model and its optimizer from a saved training.
 *
 * @returns the number of steps taken
 * @throws FormatError if the bytes are not a training state; RangeError or ShapeError naming what differs from the
 * saved training. Nothing is changed then
 */
export async function restoreTraining(trained: Trained, bytes: Uint8Array): Promise<number> {
  const { model, optimizer, schedule, steps } = trained;
  const { load } = stateful(optimizer);
  const { tensors, metadata } = readSafetensors(bytes, { file: "resume" });
  const record = parsed(metadata[KEY]);
  if (record.step >= steps)
    throw new RangeError(
      `train: resume was saved after step ${record.step}, and steps, ${steps}, counts all steps from the first one; use ${record.step + 1} or more`,
    );
  const parameters = model.parameters();
  const named = (prefix: string) =>
    [...tensors].flatMap(([name, tensor]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), tensor] as const] : [],
    );
  const values = new Map<Parameter, Float32Array>();
  const saved = new Map(named("model."));
  for (const path of saved.keys())
    if (!parameters.has(path)) throw new RangeError(`train: resume has the parameter "${path}", which the model lacks`);
  for (const [path, parameter] of parameters) {
    const found = saved.get(path);
    if (found !== undefined && !parameter.quantized)
      values.set(parameter, valuesOf("train: resume", path, found, parameter.shape));
    else await expectSameQuantized(path, parameter, record.quantized);
  }
  expectSameSettings("the training", record.train, trained.settings);
  expectSameSettings("the model", record.model, trained.modelSettings);
  expectSameSettings("the optimizer", record.optimizer, optimizer.settings ?? {});
  expectSameSchedule(schedule, record.schedule);
  load(
    new Map(named("optimizer.").map(([name, { shape, toFloat32 }]) => [name, tensorHere(shape, toFloat32().slice())])),
  );
  for (const [parameter, numbers] of values) assign(parameter, numbers);
  return record.step;
}

/** In place if there are values, so that it cannot run out of memory. */
function assign(parameter: Parameter, numbers: Float32Array): void {
  const all = { outer: 1, size: numbers.length, inner: 1 };
  if (parameter.hasValues) kernels().place(parameter.buffer, all, 0, kernels().upload(numbers));
  else parameter.assign(numbers);
}

function stateful(optimizer: Optimizer): Required<Pick<Optimizer, "state" | "load">> {
  if (typeof optimizer.state !== "function" || typeof optimizer.load !== "function")
    throw new TypeError("train: the optimizer has no state() and load(), so its training cannot be resumed");
  return { state: () => optimizer.state!(), load: (state) => optimizer.load!(state) };
}

function parsed(text: string | undefined): TrainingRecord {
  const expected = "a state from report.state() of onStep";
  if (text === undefined) throw new FormatError({ file: "resume", found: `no metadata "${KEY}"`, expected });
  let record: Partial<TrainingRecord> | null = null;
  try {
    record = JSON.parse(text);
  } catch {
    // Answered below.
  }
  const { version, step, train, model, schedule, optimizer, quantized } = record ?? {};
  const wrong = (found: string) => new FormatError({ file: "resume", at: `metadata "${KEY}"`, found, expected });
  if (!isObject(train) || !isObject(model) || !Array.isArray(schedule) || !isObject(optimizer) || !isObject(quantized))
    throw wrong("something else");
  if (version !== 1) throw wrong(`version ${String(version)}`);
  if (typeof step !== "number" || !Number.isSafeInteger(step) || step < 0) throw wrong(`step ${String(step)}`);
  return { version, step, train, model, schedule, optimizer, quantized };
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

async function expectSameQuantized(
  path: string,
  parameter: Parameter,
  quantized: TrainingRecord["quantized"],
): Promise<void> {
  const now = parameter.quantized && checksum(await parameter.read());
  const then = Object.hasOwn(quantized, path) ? quantized[path] : undefined;
  if (now !== undefined && now === then) return;
  if (now === undefined && then === undefined)
    throw new RangeError(`train: resume has no parameter "${path}", which the model has`);
  if (now !== undefined && then !== undefined)
    throw new RangeError(`train: the values of the quantized parameter "${path}" have changed since resume was saved`);
  throw new RangeError(
    `train: the parameter "${path}" was ${then === undefined ? "not " : ""}quantized when resume was saved; load the same model`,
  );
}

/** FNV-1a over the words of the values. @see http://www.isthe.com/chongo/tech/comp/fnv */
function checksum(data: Float32Array): number {
  let hash = 0x811c9dc5;
  for (const word of new Uint32Array(data.buffer, data.byteOffset, data.length))
    hash = Math.imul(hash ^ word, 0x01000193) >>> 0;
  return hash;
}
