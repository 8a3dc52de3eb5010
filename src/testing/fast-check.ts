/**
 * fast-check is an optional peer, so its absence must not break the import of this floor. CommonJS has no top-level
 * await; tsup replaces this file by `fast-check-required.ts` there.
 */
import type * as FastCheck from "fast-check";

export const { fc, reason } = await import("fast-check").then(
  (fc: typeof FastCheck) => ({ fc, reason: undefined }),
  (reason: unknown) => ({ fc: undefined, reason }),
);
