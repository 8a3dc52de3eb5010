import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { expect, it } from "vitest";

const source = fileURLToPath(new URL("../../src", import.meta.url));
const entries = readdirSync(source, { recursive: true, encoding: "utf8" })
  .filter((path) => /^([a-z]+\/)?index\.ts$/.test(path))
  .map((path) => `${source}/${path}`);

function* properties(node: ts.Node): Generator<ts.PropertySignature> {
  if (ts.isPropertySignature(node)) yield node;
  // What functions do inside is nobody's concern.
  if (ts.isBlock(node)) return;
  const below: ts.Node[] = [];
  ts.forEachChild(node, (child) => void below.push(child));
  for (const child of below) yield* properties(child);
}

/** Every property that may be left out in the types that an entry point exports, and in its functions' parameters. */
function* optional(program: ts.Program): Generator<ts.PropertySignature> {
  const checker = program.getTypeChecker();
  const seen = new Set<ts.Node>();
  for (const entry of entries) {
    const module = checker.getSymbolAtLocation(program.getSourceFile(entry)!)!;
    for (const exported of checker.getExportsOfModule(module)) {
      const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
      for (const declaration of symbol.declarations ?? [])
        for (const property of properties(declaration))
          if (property.questionToken !== undefined && !seen.has(property)) {
            seen.add(property);
            yield property;
          }
    }
  }
}

it("whatever may be omitted may be undefined, so that it can be passed on under exactOptionalPropertyTypes", () => {
  const { options } = ts.parseJsonConfigFileContent(
    { ...ts.readConfigFile(`${source}/../tsconfig.json`, ts.sys.readFile).config, include: ["src"] },
    ts.sys,
    `${source}/..`,
  );
  const program = ts.createProgram(entries, options);
  const checker = program.getTypeChecker();
  const all = [...optional(program)];
  expect(all.length).toBeGreaterThan(100);
  const strict = all.filter(({ type }) => {
    const found = checker.getTypeFromTypeNode(type!);
    const allowing = ts.TypeFlags.Undefined | ts.TypeFlags.Any | ts.TypeFlags.Unknown;
    return !(found.isUnion() ? found.types : [found]).some(({ flags }) => flags & allowing);
  });
  expect(
    strict.map((property) => `${property.getSourceFile().fileName.slice(source.length)}: ${property.getText()}`),
  ).toEqual([]);
});
