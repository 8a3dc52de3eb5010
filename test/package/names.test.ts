import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { entryPoints } from "./entry-points";

const entries = entryPoints.map((path) => join("src", path, "index.ts"));

/** Where a public name is declared, types included. */
interface Meaning {
  /** `src/blocks/linear.ts Linear` */
  place: string;
  deprecated: boolean;
}

const parse = (file: string) =>
  ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true, ts.ScriptKind.TS);

function fileOf(from: string, specifier: ts.Expression): string {
  const path = join(dirname(from), (specifier as ts.StringLiteral).text);
  return existsSync(`${path}.ts`) ? `${path}.ts` : join(path, "index.ts");
}

/** What a file exports by name, followed to the declarations. */
function exportsOf(file: string): Map<string, Meaning> {
  const found = new Map<string, Meaning>();
  for (const statement of parse(file).statements) {
    if (!ts.isExportDeclaration(statement)) {
      for (const name of declared(statement)) found.set(name, meaningOf(file, name, statement));
      continue;
    }
    if (statement.moduleSpecifier === undefined) throw new Error(`${file}: export names where they are declared`);
    const source = exportsOf(fileOf(file, statement.moduleSpecifier));
    const names = statement.exportClause;
    if (names === undefined) for (const [name, meaning] of source) found.set(name, meaning);
    else if (ts.isNamedExports(names))
      for (const { name, propertyName = name } of names.elements) found.set(name.text, source.get(propertyName.text)!);
    // A namespace's names stand behind it, and so are no other things' names.
    else found.set(names.name.text, { place: `${file} ${names.name.text}`, deprecated: false });
  }
  return found;
}

const meaningOf = (file: string, name: string, statement: ts.Statement): Meaning => ({
  place: `${file} ${name}`,
  deprecated: ts.getJSDocDeprecatedTag(statement) !== undefined,
});

/** The names that a statement exports. */
function declared(statement: ts.Statement): string[] {
  const modifiers = ts.canHaveModifiers(statement) ? ts.getModifiers(statement) : undefined;
  if (!modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)) return [];
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.map(({ name }) => name.getText());
  const { name } = statement as ts.DeclarationStatement;
  return name === undefined ? [] : [name.getText()];
}

const published = new Map(entries.map((entry) => [entry, exportsOf(entry)]));

/** Tokenizer components bear the names of their types in tokenizer.json, which others have chosen. */
const isNamedByOthers = (place: string) => place.startsWith("src/tokenizer/json/components/");

/** The places that each name stands for, deprecated aliases aside. */
function placesByName(): Map<string, Set<string>> {
  const places = new Map<string, Set<string>>();
  for (const exported of published.values())
    for (const [name, { place, deprecated }] of exported)
      if (!deprecated && !isNamedByOthers(place)) places.set(name, (places.get(name) ?? new Set()).add(place));
  return places;
}

describe("public names", () => {
  it("are those that the entry points export when they run", async () => {
    for (const [entry, exported] of published) {
      const module: object = await import(`../../${entry}`);
      for (const name of Object.keys(module)) expect(exported.has(name), `${entry}: ${name}`).toBe(true);
      expect(exported.size, entry).toBeGreaterThanOrEqual(Object.keys(module).length);
    }
  });

  it("mean one thing each, whichever entry point exports them", () => {
    const ambiguous = [...placesByName()].filter(([, places]) => places.size > 1);
    expect(ambiguous.map(([name, places]) => `${name}: ${[...places].join(", ")}`)).toEqual([]);
  });

  it("belong to things that have no second name, but for a deprecated one that is the same thing", async () => {
    const names = new Map<string, Set<string>>();
    for (const exported of published.values())
      for (const [name, { place }] of exported) names.set(place, (names.get(place) ?? new Set()).add(name));
    expect([...names.values()].filter(({ size }) => size > 1)).toEqual([]);
    for (const [entry, exported] of published) {
      const values = Object.entries((await import(`../../${entry}`)) as object);
      for (const [name, { deprecated }] of exported) {
        if (!deprecated) continue;
        const value = values.find(([key]) => key === name)?.[1];
        expect(values.filter(([key, one]) => key !== name && one === value).length, `${entry}: ${name}`).toBe(1);
      }
    }
  });
});
