import { FormatError } from "../errors";
import { quote } from "./quote";

/** The error for a missing file of a model directory. */
export function missingFile(directory: string, file: string, cause?: unknown): FormatError {
  const found = cause instanceof Error ? `no such file (${cause.message})` : "no such file";
  const error = new FormatError({ file: directory, at: file, found, expected: expectedThere(directory, file) });
  if (cause !== undefined) error.cause = cause;
  return error;
}

/** How the names of files of a model end. */
const FILE = /[/\\]?[^/\\]+\.(safetensors|gguf|json|model|txt|bin|pth?|ckpt|onnx|h5|msgpack)$/i;

/** What should have been there. A source often names one file of a model instead of the directory of all. */
function expectedThere(directory: string, file: string): string {
  if (/\.gguf$/i.test(directory))
    return "the directory of a model, not a GGUF file; of that, loadTokenizer reads the tokenizer and readGguf the tensors";
  if (FILE.test(directory))
    return `the directory of the model's files, ${quote(directory.replace(FILE, "") || ".")}, not the path of one of them`;
  if (/\.gguf$/i.test(file)) return "a GGUF file";
  if (/(^|[/\\])examples[/\\]models[/\\]/.test(directory))
    return "one of the models of this library's repository, which the package does not have; give your own directory, or a URL, https://huggingface.co/<name>/resolve/main";
  return (
    "a model directory: config.json, tokenizer.json and model.safetensors " +
    "(or model.safetensors.index.json with its shards), given by path or URL; a model of the hub has the URL https://huggingface.co/<name>/resolve/main"
  );
}

/** Weights in unsupported formats: pickles can run code when opened, and adapters need the model that they adapt. */
const OTHERS = [
  ...["pytorch_model.bin", "pytorch_model.bin.index.json", "tf_model.h5", "flax_model.msgpack"],
  ...["adapter_model.safetensors", "adapter_model.bin"],
];

/** What is asked of an opened source. */
interface Opened {
  readonly name: string;
  holds(file: string): Promise<boolean>;
  read(file: string): Promise<unknown>;
}

/**
 * Says which weights are there instead, or that there are none.
 *
 * @throws FormatError always
 */
export async function missingWeights(opened: Opened, wanted: string): Promise<never> {
  for (const other of OTHERS) {
    if (!(await opened.holds(other))) continue;
    const advice = "load the model in Python, merge any adapter, and call save_pretrained to write it";
    const expected = `the file, because only safetensors weights are supported; ${advice}`;
    throw new FormatError({ file: opened.name, at: wanted, found: `no such file, but ${other}`, expected });
  }
  // Reads it again as a required file, for an error that gives the reason.
  await opened.read(wanted);
  throw missingFile(opened.name, wanted);
}
