import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Snippet } from "./snippets";

const root = fileURLToPath(new URL("../../", import.meta.url));
const compiler = join(root, "node_modules", "typescript-native", "bin", "tsc");

/** What the compiler says of the snippets, each a module of its own in a folder beside the sources. */
export function compilerErrors(snippets: readonly Snippet[]): string[] {
  const folder = mkdtempSync(join(root, ".snippets-"));
  try {
    snippets.forEach(({ code }, i) => {
      writeFileSync(join(folder, `snippet-${i}.ts`), `export {};\n${code}`);
    });
    // An expression whose value is shown is no mistake here, nor is a name that only explains.
    const compilerOptions = { noUnusedLocals: false };
    const project = { extends: "../tsconfig.json", compilerOptions, include: ["*.ts"] };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(project));
    const { stdout, stderr, status } = spawnSync(process.execPath, [compiler, "-p", folder], { encoding: "utf8" });
    const errors = [...stdout.matchAll(/snippet-(\d+)\.ts\(.*?error (.*(\n +.*)*)/g)];
    if (status !== 0 && errors.length === 0) throw new Error(`the compiler failed: ${stdout}${stderr}`);
    return errors.map(([, i, message]) => `${snippets[Number(i)]!.place}: ${message}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
