import { abortable } from "../../abortable";
import { describe } from "../../checks";
import { isBytes } from "../bytes";
import { codeOf } from "../file-error";
import { type Access, partsOfChunks } from "./file-parts";

/** A custom source of files: `read` rejects, or resolves to undefined, if a file is missing. */
export interface FileReader {
  /** The whole content of a file; undefined if there is none. */
  read(name: string): Promise<Uint8Array | undefined>;
}

/** The files that an object reads. */
export function readerAccess(where: string, reader: FileReader): Access {
  return {
    name: "source",
    async holds(file, signal) {
      return (await this.open(file, { signal })).parts !== undefined;
    },
    async open(file, { onProgress, signal }) {
      let bytes: Uint8Array | undefined;
      try {
        bytes = await abortable(signal, async () => reader.read(file));
      } catch (error) {
        if (error === signal?.reason || isFailure(error)) throw error;
        return { cause: error };
      }
      if (bytes === undefined) return {};
      if (!isBytes(bytes))
        throw new TypeError(`${where}: read("${file}") must resolve to a Uint8Array, not ${describe(bytes)}`);
      onProgress?.({ file, loaded: bytes.length, total: bytes.length });
      return { parts: partsOfChunks([bytes]) };
    },
  };
}

/** Errors of the reader itself, and codes for a file that exists but cannot be read. */
const FAILURES =
  /^(Type|Range|Reference|Syntax|Abort|Timeout|Network|NotAllowed|NotReadable|Security|InvalidState|QuotaExceeded)Error$/;

/** Whether a rejection means anything other than a missing file. */
function isFailure(error: unknown): boolean {
  const code = codeOf(error);
  if (code !== undefined) return !["ENOENT", "ENOTDIR"].includes(code);
  return typeof error === "object" && error !== null && "name" in error && FAILURES.test(String(error.name));
}
