import { FormatError } from "../errors";
import { jsonErrorPosition } from "./json-error-position";

/**
 * The value of a JSON file.
 *
 * @throws FormatError with line and column where it is no JSON, or no UTF-8
 */
export function parseJson(bytes: Uint8Array, file: string): unknown {
  const text = decodeUtf8(bytes, file);
  try {
    return JSON.parse(text);
  } catch {
    const position = jsonErrorPosition(text);
    const before = text.slice(0, position);
    const at = `line ${before.split("\n").length}, column ${before.length - before.lastIndexOf("\n")}`;
    const found = position < text.length ? JSON.stringify(text.slice(position, position + 20)) : "the end of the file";
    throw new FormatError({ file, at, found, expected: "valid JSON" });
  }
}

function decodeUtf8(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new FormatError({ file, found: "bytes that are not UTF-8", expected: "JSON in UTF-8" });
  }
}
