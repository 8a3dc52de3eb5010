/**
 * What pages, Node, Deno and Bun all have, for the types of options and arguments: the platform's own type where the
 * program knows it, and otherwise, with neither a page's types nor Node's, what it is made of.
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
