import { FormatError } from "../errors";
import { quote } from "./quote";

/**
 * Refuses a file name that could leave its directory: absolute, or with `..`, a drive, a scheme or a backslash.
 * Names come from index files, which are untrusted.
 *
 * @throws FormatError
 */
export function checkFileName(directory: string, file: string): void {
  const safe = file.split("/").every((part) => part !== "" && part !== "." && part !== "..");
  if (safe && !/[\\:\0]/.test(file)) return;
  const expected = "the name of a file inside the directory";
  throw new FormatError({ file: directory, at: "file name", found: quote(file), expected });
}

/** The error for a missing file of a model directory. */
export function missingFile(directory: string, file: string, cause?: unknown): FormatError {
  const found = cause instanceof Error ? `no such file (${cause.message})` : "no such file";
  const error = new FormatError({ file: directory, at: file, found, expected: expectedAt(directory, file) });
  if (cause !== undefined) error.cause = cause;
  return error;
}

/** How the names of files of a model end. */
const FILE = /[/\\]?[^/\\]+\.(safetensors|gguf|json|model|txt|bin|pth?|ckpt|onnx|h5|msgpack)$/i;

/** What should have been there. A source often names one file of a model instead of the directory of all. */
function expectedAt(directory: string, file: string): string {
  if (/\.gguf$/i.test(directory))
    return "the directory of a model, not a GGUF file; of that, loadTokenizer reads the tokenizer and readGguf the tensors";
  if (FILE.test(directory))
    return `the directory of the model's files, ${quote(directory.replace(FILE, "") || ".")}, not the path of one of them`;
  if (/\.gguf$/i.test(file)) return "a GGUF file";
  return (
    "a model directory: config.json, tokenizer.json and model.safetensors " +
    "(or model.safetensors.index.json with its shards), given by path or URL; a model of the hub has the URL https://huggingface.co/<name>/resolve/main"
  );
}
