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
  const expected =
    "a model directory: config.json, tokenizer.json and model.safetensors " +
    "(or model.safetensors.index.json with its shards), given by path or URL; a model of the hub has the URL https://huggingface.co/<name>/resolve/main";
  const found = cause instanceof Error ? `no such file (${cause.message})` : "no such file";
  const error = new FormatError({ file: directory, at: file, found, expected });
  if (cause !== undefined) error.cause = cause;
  return error;
}
