import { abortable } from "../abortable";
import { FormatError } from "../errors";
import { loadLater } from "../later";
import type { Signal } from "../platform";
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

/** What is said of a file that is missing: it is loaded only then. */
export const missing = (signal: Signal | undefined, file: string): Promise<typeof import("./missing")> =>
  abortable(signal, () => loadLater(`the error that ${file} is missing`, () => import("./missing")));
