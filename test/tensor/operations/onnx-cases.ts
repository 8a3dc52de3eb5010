import { readdirSync } from "node:fs";
import { type Tensor, tensor } from "../../../src/tensor";
import { hasPublished, published, publishedJson } from "../../published";

const FOLDER = "goldens/onnx-operators";

/** Whether the operator cases of the ONNX standard lie beside the repository. */
export const available = hasPublished(FOLDER);

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
  return readdirSync(published(FOLDER))
    .filter((file) => file.endsWith(".json"))
    .toSorted()
    .map((file): StoredCase => publishedJson(`${FOLDER}/${file}`) as StoredCase)
    .flatMap(({ test, op, attributes, sets }) =>
      sets.map(({ inputs, outputs }) => ({ test, op, attributes, inputs: byName(inputs), outputs: byName(outputs) })),
    );
}
