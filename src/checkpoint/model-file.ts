import { FormatError } from "../errors";
import { quote } from "./quote";

/**
 * Refuses a file name that could lead out of its directory: absolute, with `..`, a drive, a scheme or a backslash.
 * Names come out of index files, which anyone may have written.
 *
 * @throws FormatError
 */
export function checkFileName(directory: string, file: string): void {
  const safe = file.split("/").every((part) => part !== "" && part !== "." && part !== "..");
  if (safe && !/[\\:\0]/.test(file)) return;
  const expected = "the name of a file inside the directory";
  throw new FormatError({ file: directory, at: "file name", found: quote(file), expected });
}

/** The error for a file that a model directory lacks. */
export function missingFile(directory: string, file: string, cause?: unknown): FormatError {
  const expected =
    "a model directory: config.json, tokenizer.json and model.safetensors " +
    "(or model.safetensors.index.json with its shards), by its path or URL; names on a hub are not looked up";
  const found = cause instanceof Error ? `no such file (${cause.message})` : "no such file";
  const error = new FormatError({ file: directory, at: file, found, expected });
  if (cause !== undefined) error.cause = cause;
  return error;
}
