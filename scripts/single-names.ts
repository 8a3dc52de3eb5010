/**
 * Entry points of one name each: `transformer-blocks/families/gpt2` exports `gpt2`, `transformer-blocks/tasks/stream`
 * exports `stream`. esbuild with `splitting` keeps whatever any file of a page would import later, used or not: these
 * lead to no file that the name does not need. The list is made from what the floors' index.ts export.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Plugin } from "esbuild";
import { declared, namesOf } from "./past-barrels";

const root = fileURLToPath(new URL("..", import.meta.url));

/** The floors whose names have entry points of their own: those that import much of their code later. */
export const splitFloors = ["families", "tasks"] as const;

/**
 * Names without one. They share many small parts with what loads models: by themselves these would be files of their own,
 * and the pages that other bundlers make would have more files and 2 KB more.
 */
const together: readonly string[] = ["loadParameters", "saveParameters", "savePretrained"];

/** The names of a floor that have an entry point each. */
export const singleNamesOf = (floor: string): string[] =>
  namesOf(`${root}src/${floor}/index.ts`).filter((name) => !together.includes(name));

/** For each entry point, such as `families/gpt2`, the code of its source. */
const sources = new Map(
  splitFloors.flatMap((floor) =>
    singleNamesOf(floor).map((name): [string, string] => {
      const from = declared(`${root}src/${floor}/index.ts`, name)!;
      return [`${floor}/${name}`, `export { ${from.name} as ${name} } from ${JSON.stringify(from.file)};`];
    }),
  ),
);

/** The entry points of one name each, such as `families/gpt2`. */
export const singleNames: readonly string[] = [...sources.keys()];

const PREFIX = "single:";

/** As esbuild's `entryPoints`, for `sourcesOfSingleNames`. */
export const singleEntries = Object.fromEntries(singleNames.map((entry) => [entry, PREFIX + entry]));

/** Gives esbuild the sources of these entry points, which are in no file. */
export const sourcesOfSingleNames: Plugin = {
  name: "single-names",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^single:/ }, ({ path }) => ({ path: path.slice(PREFIX.length), namespace: "single" }));
    onLoad({ filter: /./, namespace: "single" }, ({ path }) => ({ contents: sources.get(path)!, resolveDir: root }));
  },
};

/** Writes what no bundler needs to make: their types, and CommonJS, where a page's size does not matter. */
export function writeOtherFormats(folder: string): void {
  for (const floor of splitFloors) mkdirSync(`${folder}/${floor}`, { recursive: true });
  for (const entry of singleNames) {
    const [floor, name] = entry.split("/");
    writeFileSync(`${folder}/${entry}.d.ts`, `export { ${name} } from "../${floor}.js";\n`);
    writeFileSync(`${folder}/${entry}.d.cts`, `export { ${name} } from "../${floor}.cjs";\n`);
    writeFileSync(`${folder}/${entry}.cjs`, `"use strict";\nexports.${name} = require("../${floor}.cjs").${name};\n`);
  }
}
