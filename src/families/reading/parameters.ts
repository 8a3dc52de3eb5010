import type { Module } from "../../blocks";
import { expectModule } from "../../blocks/internal";
import { readSafetensors, writeSafetensors } from "../../checkpoint";
import { isBytes } from "../../checkpoint/internal";
import { wrongKind } from "../../checks";
import { FormatError } from "../../errors";
import { commitAll } from "../../tensor/internal";

/** What errors call the bytes. */
const FILE = "parameters";

/** The dtypes that hold weights. */
const floats = ["F32", "F16", "BF16", "F64"];

/**
 * The values of any module's parameters as a safetensors file, each under its path. One that is shared is written once,
 * a quantized one in float32. `loadParameters` reads it back, and so does Python's safetensors.
 *
 * @throws RangeError if the module has no parameters; Error if one has no values; RangeError that names one that holds NaN or infinity
 * @example
 * ```ts
 * import { Linear, initialize, loadParameters, saveParameters } from "transformer-blocks";
 * const make = () => new Linear({ inFeatures: 2, outFeatures: 3 });
 * const saved = initialize(make(), { seed: 1 });
 * const loaded = loadParameters(make(), saveParameters(saved));
 * loaded.weight.toArray(); // saved.weight.toArray()
 * ```
 */
export function saveParameters(module: Module): Uint8Array {
  expectModule("saveParameters", "module", module);
  expectParameters("saveParameters", module);
  const values = new Map([...module.parameters()].map(([path, { shape, data }]) => [path, { shape, data }]));
  for (const [path, { data }] of values) {
    const wrong = data.find((value) => !Number.isFinite(value));
    if (wrong !== undefined)
      throw new RangeError(`saveParameters: parameter ${path} holds ${wrong}; nothing was saved`);
  }
  return writeSafetensors(values);
}

/**
 * Gives a module's parameters the values that `saveParameters` wrote: one tensor for each parameter, none left over, or
 * nothing is changed.
 *
 * @returns the same module
 * @throws FormatError that lists tensors that are missing or too many, or names one of another shape or dtype
 */
export function loadParameters<M extends Module>(module: M, bytes: Uint8Array): M {
  expectModule("loadParameters", "module", module);
  if (!isBytes(bytes)) throw wrongKind("loadParameters", "bytes", "a Uint8Array", bytes);
  expectParameters("loadParameters", module);
  const { tensors } = readSafetensors(bytes, { file: FILE });
  const parameters = module.parameters();
  expectSameNames([...parameters.keys()], [...tensors.keys()]);
  const values = [...parameters].map(([path, parameter]) => {
    const { shape, dtype, toFloat32 } = tensors.get(path)!;
    const at = `tensor "${path}"`;
    if (shape.join() !== parameter.shape.join()) {
      const [found, expected] = [
        `the shape [${shape.join(", ")}]`,
        `[${parameter.shape.join(", ")}], as the module has`,
      ];
      throw new FormatError({ file: FILE, at, found, expected });
    }
    if (!floats.includes(dtype))
      throw new FormatError({ file: FILE, at, found: `dtype ${dtype}`, expected: `one of ${floats.join(", ")}` });
    return [parameter, toFloat32()] as const;
  });
  commitAll(
    values.map(
      ([parameter, numbers]) =>
        () =>
          parameter.prepare(numbers),
    ),
  );
  return module;
}

/** @throws RangeError if the module lists no parameter, which private fields and closures hide */
function expectParameters(where: string, module: Module): void {
  if (module.parameters().size === 0)
    throw new RangeError(
      `${where}: the module has no parameters; keep its modules and parameters in public fields, not in #private ones or closures`,
    );
}

function expectSameNames(wanted: readonly string[], found: readonly string[]): void {
  const missing = wanted.filter((name) => !found.includes(name));
  const surplus = found.filter((name) => !wanted.includes(name));
  if (missing.length + surplus.length === 0) return;
  const problems = [
    ...(missing.length > 0 ? [`no tensor ${missing.join(", ")}`] : []),
    ...(surplus.length > 0 ? [`tensors that no parameter takes: ${surplus.join(", ")}`] : []),
  ];
  const expected = "one tensor for each parameter of the module";
  throw new FormatError({ file: FILE, at: "tensors", found: problems.join("; "), expected });
}
