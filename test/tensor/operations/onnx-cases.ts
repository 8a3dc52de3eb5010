import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Tensor, tensor } from "../../../src/tensor";

/** The operator cases of the ONNX standard, beside the repository. */
const directory = fileURLToPath(new URL("../../../../shared/data/goldens/onnx-operators/", import.meta.url));

export const available = existsSync(directory);

interface Stored {
  name: string;
  numpy: string;
  shape: number[];
  /** Left out where there are many. */
  values?: number[] | null;
  /** The same numbers in little-endian bytes. */
  b64: string;
}

export interface OnnxCase {
  test: string;
  op: string;
  attributes: Record<string, number | string>;
  /** By the name that the standard gives the input or output; an optional one that is left out is missing. */
  inputs: ReadonlyMap<string, Tensor>;
  outputs: ReadonlyMap<string, Tensor>;
}

/** A case as it is stored: names of inputs by place ("" where one is left out), the tensors that are there by name. */
interface StoredCase {
  test: string;
  op: string;
  attributes: Record<string, number | string>;
  sets: { inputs: Stored[]; outputs: Stored[] }[];
}

function numbers({ name, numpy, values, b64 }: Stored): number[] | Float32Array {
  if (values) return values;
  const bytes = Uint8Array.from(Buffer.from(b64, "base64")).buffer;
  if (numpy === "float32") return new Float32Array(bytes);
  if (numpy === "int64") return Array.from(new BigInt64Array(bytes), Number);
  throw new Error(`${name}: no values and no reader for ${numpy}`);
}

const byName = (stored: readonly Stored[]) =>
  new Map(stored.map((each) => [each.name, tensor(numbers(each), each.shape)]));

export function onnxCases(): OnnxCase[] {
  if (!available) return [];
  return readdirSync(directory)
    .filter((file) => file.endsWith(".json"))
    .toSorted()
    .map((file): StoredCase => JSON.parse(readFileSync(`${directory}${file}`, "utf8")))
    .flatMap(({ test, op, attributes, sets }) =>
      sets.map(({ inputs, outputs }) => ({ test, op, attributes, inputs: byName(inputs), outputs: byName(outputs) })),
    );
}
