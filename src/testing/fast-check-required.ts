/** What `fast-check.ts` is in CommonJS. */
import type * as FastCheck from "fast-check";

declare const require: (name: "fast-check") => typeof FastCheck;

function load(): { fc: typeof FastCheck | undefined; reason: unknown } {
  try {
    return { fc: require("fast-check"), reason: undefined };
  } catch (reason) {
    return { fc: undefined, reason };
  }
}

export const { fc, reason } = load();
