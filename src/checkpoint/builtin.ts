interface Builtins {
  "node:fs/promises": typeof import("node:fs/promises");
  "node:path": typeof import("node:path");
  "node:url": typeof import("node:url");
}

/** A module of Node, Deno and Bun, named by a variable: bundlers for pages stop at a literal name. */
export function builtin<Name extends keyof Builtins>(name: Name): Promise<Builtins[Name]> {
  return import(/* webpackIgnore: true */ /* @vite-ignore */ name);
}
