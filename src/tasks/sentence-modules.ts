import { readSafetensors } from "../checkpoint";
import { parseJson } from "../checkpoint/internal";
import { FormatError } from "../errors";
import type { Files } from "../families";
import { ConfigFields, isModuleFolder, MODULES } from "../families/internal";
import { isRecord } from "../fields";
import { add, gelu, linear, relu, sigmoid, silu, Tensor, tanh } from "../tensor";

/** What happens to a text's vector after pooling. */
export type SentenceLayer = (vector: Float32Array) => Float32Array;

/** The modules that modules.json lists. */
export interface SentenceModules {
  /** The folder of the pooling, if there is one. */
  readonly pooling: string | undefined;
  /** In their order; whether each one normalizes. */
  readonly after: readonly { readonly normalizes: boolean; readonly layer: SentenceLayer }[];
}

/** Modules from other packages are unknown. */
const PACKAGE = "sentence_transformers.";

/** A Transformer, then a Pooling, then any of the others. */
const kinds = ["Transformer", "Pooling", "Normalize", "Dense", "Dropout"];

/** The modules of a sentence encoder; undefined without modules.json. @throws FormatError for one that is unsupported */
export function modulesOf(files: Files): SentenceModules | undefined {
  const bytes = files.get(MODULES);
  if (bytes === undefined) return undefined;
  const modules = parseJson(bytes, MODULES);
  if (!Array.isArray(modules))
    throw new FormatError({ file: MODULES, found: "another kind of JSON", expected: "a list" });
  const named = modules.map((module, i) => ({ kind: kindOf(module, i), path: pathOf(module, i) }));
  const after = named.slice(2).filter(({ kind }) => kind !== "Dropout");
  return {
    pooling: named[1]?.path,
    after: after.map(({ kind, path }) => ({
      normalizes: kind === "Normalize",
      layer: kind === "Normalize" ? unit : denseOf(files, path),
    })),
  };
}

function kindOf(module: unknown, i: number): string {
  const { type } = isRecord(module) ? module : {};
  const kind = typeof type === "string" && type.startsWith(PACKAGE) ? type.split(".").at(-1)! : undefined;
  const at = `[${i}].type`;
  if (kind === undefined || !kinds.includes(kind))
    throw new FormatError({
      ...{ file: MODULES, at, found: JSON.stringify(type) ?? "nothing" },
      expected: `${kinds.join(", ")} of ${PACKAGE}`,
    });
  if (i < 2 ? kind !== kinds[i] : kinds.indexOf(kind) < 2)
    throw new FormatError({
      ...{ file: MODULES, at, found: kind },
      expected: "a Transformer, then a Pooling, each once, then any of the others",
    });
  return kind;
}

function pathOf(module: unknown, i: number): string {
  const { path = "" } = isRecord(module) ? module : {};
  const expected = i === 0 ? '"", where config.json is' : "the name of a folder";
  if (typeof path !== "string" || (i === 0 ? path !== "" : !isModuleFolder(path)))
    throw new FormatError({ file: MODULES, at: `[${i}].path`, found: JSON.stringify(path), expected });
  return path;
}

/** Divides a vector by its length. */
export function unit(vector: Float32Array): Float32Array {
  const length = Math.sqrt(vector.reduce((sum, x) => sum + x * x, 0));
  return length === 0 ? vector : vector.map((x) => x / length);
}

/** The functions of a dense layer, by the ends of PyTorch's names. */
const functions: Readonly<Record<string, (x: Tensor) => Tensor>> = {
  Tanh: tanh,
  Identity: (x) => x,
  ReLU: relu,
  GELU: (x) => gelu(x),
  Sigmoid: sigmoid,
  SiLU: silu,
};

/** f(W x + b), plus x or a projection of it if `use_residual`. */
function denseOf(files: Files, folder: string): SentenceLayer {
  const fields = fieldsIn(files, `${folder}/config.json`);
  const [inFeatures, outFeatures] = [fields.whole("in_features"), fields.whole("out_features")];
  const place = fields.optionalString("module_input_name") ?? "sentence_embedding";
  fields.only({ module_input_name: "sentence_embedding", module_output_name: place });
  const name = fields.optionalString("activation_function") ?? "torch.nn.modules.activation.Tanh";
  const f = functions[name.split(".").at(-1)!];
  if (!name.startsWith("torch.nn.") || f === undefined)
    throw fields.error("activation_function", `one of torch.nn's ${Object.keys(functions).join(", ")}`);
  const weights = weightsIn(files, `${folder}/model.safetensors`);
  const weight = weights("linear.weight", [outFeatures, inFeatures]);
  const bias = fields.boolean("bias", true) ? weights("linear.bias", [outFeatures]) : undefined;
  const residual = fields.boolean("use_residual", false);
  const projection = residual && inFeatures !== outFeatures;
  const other = projection ? weights("residual.weight", [outFeatures, inFeatures]) : undefined;
  return (vector) => {
    const x = new Tensor([1, vector.length], vector);
    const y = f(linear(x, weight, bias));
    return (residual ? add(y, other ? linear(x, other) : x) : y).data;
  };
}

function weightsIn(files: Files, file: string) {
  const bytes = files.get(file);
  const expected = `the file, because ${MODULES} lists its folder`;
  if (bytes === undefined) throw new FormatError({ file, found: "no such file", expected });
  const { tensors } = readSafetensors(bytes, { file });
  return (name: string, shape: readonly number[]): Tensor => {
    const stored = tensors.get(name);
    if (stored?.shape.join() === shape.join()) return new Tensor([...shape], stored.toFloat32());
    const found = stored === undefined ? "no such tensor" : `shape [${stored.shape.join(", ")}]`;
    throw new FormatError({ file, at: `tensor "${name}"`, found, expected: `[${shape.join(", ")}]` });
  };
}

/** The fields of a JSON file; none if it is absent. */
export function fieldsIn(files: Files, file: string): ConfigFields {
  const bytes = files.get(file);
  const value = bytes === undefined ? {} : parseJson(bytes, file);
  if (!isRecord(value)) throw new FormatError({ file, found: "another kind of JSON", expected: "an object" });
  return new ConfigFields(value, { file });
}
