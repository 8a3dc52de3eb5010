import type { Module } from "../../blocks";
import { expectModule } from "../../blocks/internal";
import { readSafetensors, writeSafetensors } from "../../checkpoint";
import { isBytes } from "../../checkpoint/internal";
import { wrongKind } from "../../checks";
import { FormatError } from "../../errors";
import { commitAll, sameShape } from "../../tensor/internal";

/** The name of the bytes in errors. */
const FILE = "parameters";

/** The dtypes of weights. */
const floats = ["F32", "F16", "BF16", "F64"];

/**
 * The values of any module's parameters as a safetensors file, each under its path. A shared parameter is written once,
 * a quantized one in float32. `loadParameters` reads the file, and so does Python's safetensors.
 *
 * @throws RangeError if the module has no parameters; Error if one has no values; RangeError that names one that holds
 *   NaN or infinity
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
 * Sets a module's parameters to values written by `saveParameters`. There must be exactly one tensor for each
 * parameter; otherwise nothing changes.
 *
 * @returns the same module
 * @throws FormatError that lists missing and unused tensors, or names one with another shape or dtype
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
    if (!sameShape(shape, parameter.shape)) {
      const [found, expected] = [
        `shape [${shape.join(", ")}]`,
        `[${parameter.shape.join(", ")}], the parameter's shape`,
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

/** @throws RangeError if the module lists no parameters, because private fields or closures hide them */
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
    ...(missing.length > 0 ? [`missing tensors: ${missing.join(", ")}`] : []),
    ...(surplus.length > 0 ? [`unused tensors: ${surplus.join(", ")}`] : []),
  ];
  const expected = "one tensor for each parameter of the module";
  throw new FormatError({ file: FILE, at: "tensors", found: problems.join("; "), expected });
}
