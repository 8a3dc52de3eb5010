/**
 * Writes the exports of each entry point to `api/*.api.md`, from the types in `dist`, so that a review shows every
 * change of the public surface. With `--check` it writes nothing, and fails if a committed report is out of date.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CompilerState, Extractor, ExtractorConfig } from "@microsoft/api-extractor";

const root = fileURLToPath(new URL("..", import.meta.url));
const check = process.argv.includes("--check");
const committed = join(root, "api");
const current = mkdtempSync(join(tmpdir(), "api-"));

const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const entries = Object.keys(exports)
  // Those of one name each are none of their own: the names are in the reports of their floors.
  .filter((path) => path !== "./package.json" && !path.includes("*"))
  .map((path) => (path === "." ? "index" : path.slice(2)));
const typesOf = (entry) => join(root, "dist", `${entry}.d.ts`);

/** Their signatures use types that no entry point exports; the report includes those too. */
const withUnexported = ["tensor", "checkpoint"];

const silent = { default: { logLevel: "none" } };
const configOf = (entry) =>
  ExtractorConfig.prepare({
    configObject: {
      projectFolder: root,
      mainEntryPointFilePath: typesOf(entry),
      newlineKind: "lf",
      compiler: {
        overrideTsconfig: {
          extends: join(root, "tsconfig.json"),
          compilerOptions: { paths: {} },
          include: [],
          files: entries.map(typesOf),
        },
      },
      apiReport: {
        enabled: true,
        reportFileName: `${entry}.api.md`,
        reportFolder: current,
        reportTempFolder: join(current, "temporary"),
        includeForgottenExports: withUnexported.includes(entry),
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        compilerMessageReporting: silent,
        extractorMessageReporting: silent,
        tsdocMessageReporting: silent,
      },
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: join(root, "package.json"),
  });

function writeReports() {
  let compilerState;
  for (const entry of entries) {
    const config = configOf(entry);
    compilerState ??= CompilerState.create(config, { additionalEntryPoints: entries.map(typesOf) });
    const messageCallback = (message) => {
      message.handled = true;
    };
    const { succeeded } = Extractor.invoke(config, { compilerState, localBuild: true, messageCallback });
    if (!succeeded) throw new Error(`API Extractor could not read ${typesOf(entry)}: run npm run build first.`);
  }
  rmSync(join(current, "temporary"), { recursive: true });
}

const contents = (folder) =>
  Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "utf8")]));

try {
  writeReports();
  mkdirSync(committed, { recursive: true });
  if (check) {
    const [before, now] = [contents(committed), contents(current)];
    const changed = [...new Set([...Object.keys(before), ...Object.keys(now)])].filter(
      (name) => before[name] !== now[name],
    );
    if (changed.length > 0) {
      spawnSync("git", ["--no-pager", "diff", "--no-index", "--unified=1", committed, current], { stdio: "inherit" });
      console.error(
        `The public surface differs from api/: ${changed.join(", ")}.\n` +
          "If you meant to change it, run `npm run api`, commit the reports, and add a line to CHANGELOG.md.",
      );
      process.exitCode = 1;
    }
  } else {
    rmSync(committed, { recursive: true });
    mkdirSync(committed);
    for (const [name, text] of Object.entries(contents(current))) writeFileSync(join(committed, name), text);
  }
} finally {
  rmSync(current, { recursive: true });
}
