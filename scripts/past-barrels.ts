/**
 * Imports by the file that declares a name, past the files that only export again. The build puts source files into one
 * file of `dist` if the same entry points reach them; through an index they would all reach everything, and a page that
 * loads a part later would load all that the part needs at once.
 */
import { existsSync, readFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import ts from "typescript";

/** Where a name is declared, and its name there. */
export interface Declared {
  file: string;
  name: string;
}

/** An export of a file: of another one, of all of another one, or its own. */
type Export = { name: string; from?: Declared } | { all: string };

const known = new Map<string, readonly Export[]>();

/** What a file exports, without types. */
function exportsOf(file: string): readonly Export[] {
  const found = known.get(file) ?? readExports(file);
  known.set(file, found);
  return found;
}

function readExports(file: string): Export[] {
  return statementsOf(readFileSync(file, "utf8")).flatMap((statement): Export[] => {
    if (ts.isExportDeclaration(statement)) return reexports(file, statement);
    if (!ts.canHaveModifiers(statement) || !ts.getModifiers(statement)?.some(isExport)) return [];
    return declaredIn(statement).map((name) => ({ name }));
  });
}

const isExport = ({ kind }: ts.Modifier): boolean => kind === ts.SyntaxKind.ExportKeyword;

const statementsOf = (source: string) =>
  ts.createSourceFile("module.ts", source, ts.ScriptTarget.Latest, true).statements;

function reexports(file: string, { exportClause, moduleSpecifier, isTypeOnly }: ts.ExportDeclaration): Export[] {
  if (isTypeOnly) return [];
  const from = moduleSpecifier && fileOf(file, moduleSpecifier);
  if (exportClause === undefined) return from === undefined ? [] : [{ all: from }];
  if (!ts.isNamedExports(exportClause)) return [{ name: exportClause.name.text }];
  return exportClause.elements
    .filter((element) => !element.isTypeOnly)
    .map(({ name, propertyName }) => ({
      name: name.text,
      ...(from && { from: { file: from, name: (propertyName ?? name).text } }),
    }));
}

function declaredIn(statement: ts.Statement): string[] {
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.flatMap(({ name }) => namesIn(name));
  const isNamed = ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement);
  return isNamed && statement.name ? [statement.name.text] : [];
}

const namesIn = (name: ts.BindingName): string[] =>
  ts.isIdentifier(name)
    ? [name.text]
    : name.elements.flatMap((element) => (ts.isBindingElement(element) ? namesIn(element.name) : []));

/** The source file that a relative import means. */
function fileOf(from: string, specifier: ts.Expression): string | undefined {
  if (!ts.isStringLiteral(specifier) || !specifier.text.startsWith(".")) return undefined;
  const path = resolve(dirname(from), specifier.text);
  return [`${path}.ts`, `${path}/index.ts`].find((candidate) => existsSync(candidate));
}

/** The names that a file exports, without types. */
export const namesOf = (file: string): string[] =>
  exportsOf(file).flatMap((each) => ("all" in each ? namesOf(each.all) : [each.name]));

/** Where a name that a file exports is declared; undefined for a type. */
export function declared(file: string, name: string): Declared | undefined {
  for (const each of exportsOf(file)) {
    if ("all" in each) {
      const found = declared(each.all, name);
      if (found) return found;
    } else if (each.name === name)
      return each.from ? (declared(each.from.file, each.from.name) ?? each.from) : { file, name };
  }
  return undefined;
}

/** A file with its imports rewritten. */
export function pastBarrels(source: string, file: string): string {
  return statementsOf(source).reduceRight((text, statement) => {
    const replaced = direct(file, statement);
    return replaced === undefined ? text : text.slice(0, statement.getStart()) + replaced + text.slice(statement.end);
  }, source);
}

/** The same names from where they are declared; undefined if the statement is to stay as it is. */
function direct(file: string, statement: ts.Statement): string | undefined {
  const isImport = ts.isImportDeclaration(statement);
  if (!isImport && !ts.isExportDeclaration(statement)) return undefined;
  const clause = isImport ? statement.importClause?.namedBindings : statement.exportClause;
  const isTypeOnly = isImport ? statement.importClause?.isTypeOnly : statement.isTypeOnly;
  const from = statement.moduleSpecifier && fileOf(file, statement.moduleSpecifier);
  if (from === undefined || isTypeOnly || !clause) return undefined;
  if (!ts.isNamedImports(clause) && !ts.isNamedExports(clause)) return undefined;
  const elements: readonly (ts.ImportSpecifier | ts.ExportSpecifier)[] = clause.elements;
  const lines = elements
    .filter((element) => !element.isTypeOnly)
    .map(({ name, propertyName }) => {
      const found = declared(from, (propertyName ?? name).text);
      if (found === undefined) throw new Error(`${file}: ${name.text} is not exported by ${from}`);
      const path = relative(dirname(file), found.file).replaceAll("\\", "/").replace(/\.ts$/, "");
      const names = `{ ${found.name} as ${name.text} }`;
      return `${isImport ? "import" : "export"} ${names} from "${path.startsWith(".") ? path : `./${path}`}";`;
    });
  return lines.join(" ");
}
