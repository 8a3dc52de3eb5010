/**
 * Packs the package once and runs one program with it on Node 20, 22 and 24, Deno, Bun and in Chromium, and the examples
 * of Deno and Bun: `npm run check:runtimes`. The runtimes come from the npm registry; one that cannot be fetched or
 * started is skipped with a message.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { chromium } from "playwright-core";
import { foundBrowser } from "../browser/browser-path";
import { type Answer, differences } from "./same";

declare const program: (models: string) => Promise<Answer>;

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const models = here("../../examples/models");
const folder = mkdtempSync(join(tmpdir(), "transformer-blocks-runtimes-"));
const shell = process.platform === "win32";

/** How each runtime is started, before the name of a file. */
const runtimes: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(["20", "22", "24"].map((version) => [`Node ${version}`, ["npx", "-y", `node@${version}`]])),
  Deno: ["npx", "-y", "deno", "run", "--allow-read", "--allow-env", "--allow-sys"],
  Bun: ["npx", "-y", "bun", "run"],
};

function install(): void {
  execFileSync("npm", ["pack", "--ignore-scripts", "--silent", "--pack-destination", folder], {
    stdio: "ignore",
    shell,
  });
  const tarball = readdirSync(folder).find((file) => file.endsWith(".tgz"))!;
  const installed = join(folder, "node_modules", "transformer-blocks");
  mkdirSync(installed, { recursive: true });
  execFileSync("tar", ["-xzf", join(folder, tarball), "-C", installed, "--strip-components", "1"]);
  writeFileSync(join(folder, "package.json"), '{ "type": "module", "dependencies": { "transformer-blocks": "*" } }');
  cpSync(here("program.mjs"), join(folder, "program.mjs"));
  writeFileSync(
    join(folder, "run.mjs"),
    `import { program } from "./program.mjs"; console.log(JSON.stringify(await program(${JSON.stringify(models)})));`,
  );
}

/** The answer of a runtime; undefined if it is not to be had here. */
function answerOf(name: string, [command, ...args]: readonly string[]): Answer | undefined {
  const run = (...more: string[]) =>
    spawnSync(command!, [...args, ...more], { cwd: folder, encoding: "utf8", timeout: 240_000, shell });
  // Whether it starts at all is asked apart, so that a failure of the program is never taken for a missing runtime.
  writeFileSync(join(folder, "empty.mjs"), 'console.log("here");');
  const empty = run("empty.mjs");
  if (empty.status !== 0 || !empty.stdout.includes("here")) {
    console.log(`${name}: skipped, because it could not be fetched or started here.`);
    return undefined;
  }
  const { status, stdout, stderr } = run("run.mjs");
  if (status !== 0) throw new Error(`${name} failed:\n${stderr}`);
  return JSON.parse(stdout.trim().split("\n").at(-1)!) as Answer;
}

/** The examples that are for one runtime, as their README starts them, with the `dist` of the repository. */
const examples: Readonly<Record<string, readonly string[]>> = {
  Deno: ["npx", "-y", "deno", "run", "--allow-read", "main.ts"],
  Bun: ["npx", "-y", "bun", "main.ts"],
};

/** What is wrong with the example of a runtime; it writes the same story as in Node. */
function faultOfExample(name: string): string | undefined {
  const cwd = here(`../../examples/${name.toLowerCase()}`);
  const run = ([command, ...args]: readonly string[]) => spawnSync(command!, args, { cwd, encoding: "utf8", shell });
  const inNode = run([process.execPath, "--import", "tsx", "main.ts"]);
  const { status, stdout, stderr } = run(examples[name]!);
  if (inNode.status !== 0) return `its example fails in Node:\n${inNode.stderr}`;
  if (status !== 0) return `its example fails:\n${stderr}`;
  return stdout === inNode.stdout
    ? undefined
    : `its example writes another story than in Node:\n${stdout}${inNode.stdout}`;
}

/** The answer of a page that is bundled from the same package. */
async function inChromium(executablePath: string): Promise<Answer> {
  const page = `import { program } from "./program.mjs"; globalThis.program = program;`;
  const { outputFiles } = await build({
    stdin: { contents: page, resolveDir: folder },
    ...{ bundle: true, write: false, format: "esm", platform: "browser", external: ["@huggingface/jinja"] },
  });
  const server = createServer((request, response) => {
    const url = request.url ?? "/";
    const types: Record<string, string> = { "": "text/html", ".js": "text/javascript" };
    const headers = { "Content-Type": types[extname(url)] ?? "application/octet-stream" };
    try {
      const body =
        url === "/"
          ? '<!doctype html><script type="module" src="/page.js"></script>'
          : url === "/page.js"
            ? outputFiles[0]!.text
            : readFileSync(join(models, url));
      response.writeHead(200, headers).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  try {
    const tab = await browser.newPage();
    await tab.goto(address);
    await tab.waitForFunction(() => "program" in globalThis);
    return await tab.evaluate((from) => program(from), address);
  } finally {
    await browser.close();
    server.close();
  }
}

try {
  install();
  const { stdout } = spawnSync(process.execPath, ["run.mjs"], { cwd: folder, encoding: "utf8" });
  const wanted = JSON.parse(stdout) as Answer;
  let wrong = 0;
  const report = (name: string, answer: Answer) => {
    const found = differences(answer, wanted);
    wrong += found.length;
    console.log(`${name}: ${answer.fast}; ${found.join("; ") || `the same as this Node ${process.versions.node}`}`);
  };
  for (const [name, command] of Object.entries(runtimes)) {
    const answer = answerOf(name, command);
    if (answer) report(name, answer);
    if (!answer || !(name in examples)) continue;
    const fault = faultOfExample(name);
    console.log(`${name}: ${fault ?? "its example writes the same story as in Node"}`);
    if (fault !== undefined) wrong++;
  }
  const browser = foundBrowser();
  if (browser === undefined) console.log("Chromium: skipped; install it, or set CHROMIUM to its path.");
  else report("Chromium", await inChromium(browser));
  if (wrong > 0) throw new Error("a runtime gives other answers");
} finally {
  rmSync(folder, { recursive: true });
}
