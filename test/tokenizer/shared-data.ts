import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = new URL("../../../shared/data/", import.meta.url);

/** Published files beside the repository; tests that need them are skipped where they are not there. */
export const hasSharedData = existsSync(fileURLToPath(root));
if (!hasSharedData) console.log("skipping comparisons with published tokenizers: ../shared/data is not there");

export function sharedText(path: string): string {
  return readFileSync(new URL(path, root), "utf8");
}

export function sharedBytes(path: string): Uint8Array {
  return readFileSync(new URL(path, root));
}
