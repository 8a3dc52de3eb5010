import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { exports } from "../../package.json";
import { singleNames, splitFloors } from "../../scripts/single-names";
import { docstringSnippets, documentSnippets } from "../docs/snippets";
import { pageFor, pageNames } from "./pages";
import { dist } from "./published";

const formats = ["cjs", "d.cts", "d.ts", "js"];
/** What shares its parts with loading: scripts/single-names.ts says why. */
const together = ["loadParameters", "saveParameters", "savePretrained"];

describe("an entry point of one name", () => {
  it.each(splitFloors)("is there for all that %s exports, in both formats, with types", async (floor) => {
    const names = Object.keys(await import(`../../src/${floor}/index.ts`)).filter((name) => !together.includes(name));
    expect(names.length).toBeGreaterThan(10);
    const files = names.flatMap((name) => formats.map((format) => `${name}.${format}`));
    expect(readdirSync(dist + floor).toSorted()).toEqual(files.toSorted());
  });

  it("is in package.json for each of these floors and no other, by a pattern", () => {
    const patterns = Object.entries(exports).filter(([path]) => path.includes("*"));
    expect(patterns).toEqual(
      splitFloors.map((floor) => {
        const of = (ending: string) => `./dist/${floor}/*.${ending}`;
        const [esm, cjs] = [
          { types: of("d.ts"), default: of("js") },
          { types: of("d.cts"), default: of("cjs") },
        ];
        return [`./${floor}/*`, { import: esm, require: cjs }];
      }),
    );
  });

  // In the repository such a path is the whole floor, so that no compiler sees a name that is not there.
  it("gives each document, docstring and page the name that it imports", () => {
    const pages = pageNames.map((page) => pageFor("esbuild with splitting", page));
    const snippets = [...documentSnippets(), ...docstringSnippets()].map(({ code }) => code);
    const code = [...pages, ...snippets].join("\n");
    const paths = Array.from(code.matchAll(/"transformer-blocks\/(\w+\/\w+)"/g), ([, path]) => path!);
    expect(paths.length).toBeGreaterThan(8);
    for (const path of paths) expect(singleNames).toContain(path);
    const named = [
      ...code.matchAll(/import \{ (?<name>.*?) \} from "transformer-blocks\/\w+\/(?<last>\w+)"/g),
      ...code.matchAll(/\(await import\("transformer-blocks\/\w+\/(?<last>\w+)"\)\)\.(?<name>\w+)/g),
    ];
    for (const { groups } of named) expect(groups!.name).toBe(groups!.last);
    expect(named.length).toBeGreaterThan(7);
  });
});
