/**
 * Marks whatever a module computes when it loads as free of side effects, so that bundlers drop what a page does not use
 * statement by statement. `sideEffects: false` in package.json speaks of whole files, and a published file holds many
 * modules; by themselves bundlers keep every table with a spread or a call in it.
 *
 * `const checks = knownAs(…)` becomes `const checks = (() => (knownAs(…)))()`, with a comment that calls the call pure.
 */
import { readFileSync } from "node:fs";
import type { Plugin } from "esbuild";
import ts from "typescript";
import { pastBarrels } from "./past-barrels";

/** A replacement of text between two positions. */
type Edit = [start: number, end: number, text: string];

/** For the build and for tests of what it publishes: these statements, and imports past the files that only export again. */
export const pureStatements: Plugin = {
  name: "pure-statements",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, ({ path }) => ({
      contents: pastBarrels(withPureStatements(readFileSync(path, "utf8")), path),
      loader: "ts",
    }));
  },
};

export function withPureStatements(source: string): string {
  const { statements } = ts.createSourceFile("module.ts", source, ts.ScriptTarget.Latest, true);
  return statements
    .flatMap((statement) => editsOf(statement, source))
    .reduceRight((text, [start, end, replacement]) => text.slice(0, start) + replacement + text.slice(end), source);
}

const pure = (expression: string) => `/* @__PURE__ */ (() => (${expression}))()`;

function editsOf(statement: ts.Statement, source: string): Edit[] {
  if (ts.isClassDeclaration(statement) && !isPlainClass(statement)) return [classEdit(statement, source)];
  if (!ts.isVariableStatement(statement)) return [];
  return statement.declarationList.declarations.flatMap((declaration): Edit[] => {
    const { name, initializer } = declaration;
    if (initializer === undefined || ts.isAwaitExpression(initializer)) return [];
    const fields = ts.isObjectBindingPattern(name)
      ? fieldsOf(name, initializer.getText())
      : ts.isArrayBindingPattern(name) && itemsOf(name, initializer);
    if (fields) return [[declaration.getStart(), declaration.end, fields]];
    return isPlain(initializer) ? [] : [[initializer.getStart(), initializer.end, pure(initializer.getText())]];
  });
}

/** `{ a, b: c } = value` as `a = value.a, c = value.b`; undefined if it says more than names. */
function fieldsOf({ elements }: ts.ObjectBindingPattern, value: string): string | undefined {
  if (
    !elements.every(({ name, initializer, dotDotDotToken }) => ts.isIdentifier(name) && !initializer && !dotDotDotToken)
  )
    return undefined;
  const field = ({ name, propertyName }: ts.BindingElement) =>
    `${name.getText()} = ${pure(`${value}.${(propertyName ?? name).getText()}`)}`;
  return elements.map(field).join(", ");
}

/** `[a, b] = [1, f()]` as a name each, because bundlers keep what iterates over an array; undefined if it says more than names. */
function itemsOf({ elements: names }: ts.ArrayBindingPattern, value: ts.Expression): string | undefined {
  if (!ts.isArrayLiteralExpression(value) || value.elements.length !== names.length) return undefined;
  const pairs = names.map((element, i) => {
    const item = value.elements[i]!;
    if (!ts.isBindingElement(element) || element.initializer || element.dotDotDotToken) return undefined;
    if (!ts.isIdentifier(element.name) || ts.isSpreadElement(item) || ts.isOmittedExpression(item)) return undefined;
    return `${element.name.text} = ${isPlain(item) ? item.getText() : pure(item.getText())}`;
  });
  return pairs.every((pair) => pair !== undefined) ? pairs.join(", ") : undefined;
}

/** Whether every bundler sees that it has no side effects. */
function isPlain(node: ts.Node): boolean {
  if (ts.isFunctionLike(node) || ts.isIdentifier(node) || ts.isLiteralExpression(node)) return true;
  if (ts.isArrayLiteralExpression(node)) return node.elements.every(isPlain);
  if (ts.isObjectLiteralExpression(node)) return node.properties.every(isPlain);
  if (ts.isPropertyAssignment(node)) return !ts.isComputedPropertyName(node.name) && isPlain(node.initializer);
  if (ts.isShorthandPropertyAssignment(node)) return true;
  if (ts.isAsExpression(node) || ts.isSatisfiesExpression(node)) return isPlain(node.expression);
  if (ts.isPrefixUnaryExpression(node)) return ts.isNumericLiteral(node.operand);
  return [ts.SyntaxKind.TrueKeyword, ts.SyntaxKind.FalseKeyword].includes(node.kind);
}

const isPlainClass = ({ members, heritageClauses }: ts.ClassDeclaration): boolean =>
  members.every((member) => !isComputed(member) && !isStaticValue(member)) &&
  (heritageClauses ?? []).every(({ types }) => types.every(({ expression }) => ts.isIdentifier(expression)));

const isComputed = ({ name }: ts.ClassElement): boolean => name !== undefined && ts.isComputedPropertyName(name);

const isStaticValue = (member: ts.ClassElement): boolean =>
  ts.isClassStaticBlockDeclaration(member) ||
  (ts.isPropertyDeclaration(member) && (ts.getCombinedModifierFlags(member) & ts.ModifierFlags.Static) !== 0);

/** Without a name of its own inside the function: esbuild would rename one of the two, and messages show it. */
function classEdit(statement: ts.ClassDeclaration, source: string): Edit {
  const name = statement.name!.text;
  const isExported = statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false;
  const heading = source.slice(statement.name!.end, statement.members.pos);
  const body = source.slice(statement.members.pos, statement.end);
  const text = pure(`class${heading} static get name() { return ${JSON.stringify(name)}; }${body}`);
  return [statement.getStart(), statement.end, `${isExported ? "export " : ""}const ${name} = ${text};`];
}
