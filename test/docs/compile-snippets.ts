import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import type { Snippet } from "./snippets";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** What the compiler says of the snippets, each a module of its own beside the sources. */
export function compilerErrors(snippets: readonly Snippet[]): string[] {
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const files = new Map(snippets.map(({ code }, i) => [join(root, `snippet-${i}.ts`), `export {};\n${code}`]));
  const host = ts.createCompilerHost(options);
  const { fileExists, getSourceFile } = host;
  host.fileExists = (file) => files.has(file) || fileExists(file);
  host.getSourceFile = (file, language, ...rest) => {
    const code = files.get(file);
    return code === undefined ? getSourceFile(file, language, ...rest) : ts.createSourceFile(file, code, language);
  };
  // An expression whose value is shown is no mistake here, nor is a name that only explains.
  const program = ts.createProgram([...files.keys()], { ...options, noUnusedLocals: false }, host);
  return [...files.keys()].flatMap((file, i) =>
    ts.getPreEmitDiagnostics(program, program.getSourceFile(file)).map(({ messageText }) => {
      return `${snippets[i]!.place}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`;
    }),
  );
}
