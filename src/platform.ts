/**
 * Types for what browsers, Node, Deno and Bun all have: the platform's own type if the program includes it (through the
 * DOM or Node types), otherwise the members used here.
 */

/** An AbortSignal. */
export type Signal = typeof globalThis extends { AbortSignal: { prototype: infer Known } }
  ? Known
  : {
      readonly aborted: boolean;
      readonly reason: unknown;
      throwIfAborted(): void;
      addEventListener(type: "abort", listener: () => void): void;
      removeEventListener(type: "abort", listener: () => void): void;
    };

/** A URL. */
export type Url = typeof globalThis extends { URL: { prototype: infer Known } }
  ? Known
  : { readonly href: string; readonly protocol: string; readonly pathname: string; toString(): string };
