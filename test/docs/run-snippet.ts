import ts from "typescript";

/** The value that a line's closing comment claims, `x.shape; // [1, 2]`; undefined where it is prose. */
function claimIn(comment: string): { value: unknown } | undefined {
  try {
    return { value: new Function(`"use strict"; return (${comment});`)() };
  } catch {
    return undefined;
  }
}

const isLiteral = (value: unknown): boolean =>
  value === null ||
  ["number", "string", "boolean"].includes(typeof value) ||
  (Array.isArray(value) && value.every(isLiteral)) ||
  (typeof value === "object" &&
    Object.getPrototypeOf(value) === Object.prototype &&
    Object.values(value as object).every(isLiteral));

/** Inserts a check after each top-level statement whose line ends in a comment that is a literal. */
function withChecks(code: string): { code: string; claims: unknown[] } {
  const claims: unknown[] = [];
  const file = ts.createSourceFile("snippet.ts", code, ts.ScriptTarget.ES2022, true);
  let checked = "";
  let end = 0;
  for (const statement of file.statements) {
    const comment = /^[ \t]*\/\/ ?(.*)$/m.exec(code.slice(statement.end).split("\n", 1)[0]!)?.[1];
    const claim = comment === undefined ? undefined : claimIn(comment);
    if (claim === undefined || !isLiteral(claim.value)) continue;
    const subject = subjectOf(statement);
    if (subject === undefined) continue;
    checked += code.slice(end, ts.isExpressionStatement(statement) ? statement.getStart() : statement.end);
    checked += `\n__check(${subject}, ${claims.length});`;
    claims.push(claim.value);
    end = statement.end;
  }
  return { code: checked + code.slice(end), claims };
}

function subjectOf(statement: ts.Statement): string | undefined {
  if (ts.isExpressionStatement(statement)) return statement.expression.getText();
  const declaration = ts.isVariableStatement(statement) ? statement.declarationList.declarations[0] : undefined;
  return declaration && ts.isIdentifier(declaration.name) ? declaration.name.text : undefined;
}

/** Imports become awaited, so that the code can run as the body of a function. */
function withoutImports(code: string): string {
  return code
    .replace(/^import \* as (\w+) from (["'].*?["']);/gm, "const $1 = await __load($2);")
    .replace(/^import (\w+) from (["'].*?["']);/gm, "const { default: $1 } = await __load($2);")
    .replace(/^import \{([^}]*)\} from (["'].*?["']);/gm, (_, names: string, from: string) => {
      const values = names.split(",").filter((name) => name.trim() !== "" && !name.trim().startsWith("type "));
      return `const {${values.join(",").replace(/ as /g, ": ")}} = await __load(${from});`;
    });
}

export interface Run {
  /** Loads a module by the name a reader would write. */
  load: (name: string) => Promise<unknown>;
  /** Holds a value against what the comment beside it claims. */
  check: (value: unknown, claim: unknown) => void;
}

/** Runs a snippet as a reader would, and gives the number of claims that were checked. */
export async function runSnippet(source: string, { load, check }: Run): Promise<number> {
  const { code, claims } = withChecks(source);
  const { outputText } = ts.transpileModule(code, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true },
  });
  const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor as new (
    ...parts: string[]
  ) => (...given: unknown[]) => Promise<void>;
  const body = new AsyncFunction("__load", "__check", withoutImports(outputText));
  await body(load, (value: unknown, index: number) => check(value, claims[index]));
  return claims.length;
}
