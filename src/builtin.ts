interface Builtins {
  "node:crypto": typeof import("node:crypto");
  "node:fs": typeof import("node:fs");
  "node:fs/promises": typeof import("node:fs/promises");
  "node:os": typeof import("node:os");
  "node:path": typeof import("node:path");
  "node:url": typeof import("node:url");
  "node:worker_threads": typeof import("node:worker_threads");
}

/**
 * A built-in module of Node, Deno and Bun. `getBuiltinModule` comes first because Jest and `vm` do not allow dynamic
 * imports in CommonJS. The name is a variable because bundlers for browsers resolve a literal one.
 */
export async function builtin<Name extends keyof Builtins>(name: Name): Promise<Builtins[Name]> {
  const given: Builtins[Name] | undefined = globalThis.process?.getBuiltinModule?.(name);
  return given ?? import(/* webpackIgnore: true */ /* @vite-ignore */ name);
}
