import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, it } from "vitest";

const tensorFloor = fileURLToPath(new URL("../../src/tensor/index.ts", import.meta.url));
const snippet = fileURLToPath(new URL("./snippet.ts", import.meta.url));

/** What the compiler says of each line of a file that exists in memory alone. */
function messages(lines: readonly string[]): string[] {
  const text = [
    `import { add, concatenate, layerNorm, linear, matmul, zeros } from "${tensorFloor.replace(/\.ts$/, "")}";`,
    ...lines,
  ].join("\n");
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    lib: ["lib.es2023.d.ts"],
    types: [],
    strict: true,
    skipLibCheck: true,
    noEmit: true,
  };
  const host = ts.createCompilerHost(options);
  const fromDisk = host.getSourceFile.bind(host);
  host.getSourceFile = (name, ...rest) =>
    name === snippet ? ts.createSourceFile(name, text, ts.ScriptTarget.ES2022, true) : fromDisk(name, ...rest);
  const program = ts.createProgram([snippet], options, host);
  return program
    .getSemanticDiagnostics(program.getSourceFile(snippet))
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
}

describe("the compiler's messages", () => {
  it("name the operation and both dimensions", () => {
    const found = messages([
      "matmul(zeros([2, 3]), zeros([4, 5]));",
      "matmul(zeros([2, 2, 3]), zeros([3, 3, 4]));",
      "linear(zeros([2, 3]), zeros([5, 4]));",
      "add(zeros([2, 3]), zeros([2]));",
      "layerNorm(zeros([2, 4]), zeros([3]));",
      "concatenate([zeros([2, 3]), zeros([2, 4])], { axis: 0 });",
      "matmul(zeros([2, 3]), zeros([3, 5]));",
    ]);
    expect(found.length).toBe(6);
    expect(found[0]).toContain("matmul: inner dimensions 3 and 4 differ");
    expect(found[1]).toContain("matmul: the batch dimensions do not broadcast");
    expect(found[2]).toContain("linear: x ends in 3, the weight takes 4");
    expect(found[3]).toContain("add: the shapes do not broadcast");
    expect(found[4]).toContain("layerNorm: x does not end in the shape of the weight");
    expect(found[5]).toContain("concatenate: only axis 0 may differ");
  });
});
