import { execFileSync, execSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { digits, summary } from "./statistics.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const bench = fileURLToPath(new URL(".", import.meta.url));

/** The package without its types, which take most of a build. What it prints matters only if it fails. */
function build(folder) {
  for (const command of ["npm run build:kernels", "npx tsup --no-dts"])
    try {
      execSync(command, { cwd: folder, encoding: "utf8", stdio: "pipe", maxBuffer: 2 ** 26 });
    } catch ({ stdout, stderr }) {
      throw new Error(`bench: ${command} fails at that commit:\n${`${stdout}${stderr}`.slice(-4000)}`);
    }
}

/**
 * Builds a commit in a temporary worktree, beside the present benchmark, and removes it afterwards, interrupted or not.
 * The present node_modules are used.
 *
 * @param use is given the folder of the benchmark beside that build
 * @throws RangeError for a commit that git does not know
 */
export async function withBuildAt(commit, use, { repository = root, make = build } = {}) {
  const git = gitIn(repository);
  const known = commitOf(git, commit);
  const folder = mkdtempSync(join(tmpdir(), "transformer-blocks-against-"));
  const stop = (signal) => process.exit(signal === "SIGINT" ? 130 : 143);
  const remove = () => {
    rmSync(folder, { recursive: true, force: true });
    git("worktree", "prune");
  };
  // Also after an error that nothing catches. A signal that is not handled ends a process without its exit handlers.
  process.once("exit", remove);
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, stop);
  try {
    git("worktree", "add", "--detach", "--force", folder, known);
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
    console.error(`building ${commit} …`);
    make(folder);
    copyBench(join(folder, "bench"));
    return await use(join(folder, "bench/"));
  } finally {
    process.off("exit", remove);
    for (const signal of ["SIGINT", "SIGTERM"]) process.off(signal, stop);
    remove();
  }
}

/** The present benchmark instead of the commit's, with the same model files. */
function copyBench(target) {
  const left = ["node_modules", ".models"].map((name) => join(bench, name));
  rmSync(target, { recursive: true, force: true });
  cpSync(bench, target, { recursive: true, filter: (path) => !left.includes(path) });
  mkdirSync(join(bench, ".models"), { recursive: true });
  symlinkSync(join(bench, ".models"), join(target, ".models"));
}

function commitOf(git, name) {
  try {
    return git("rev-parse", "--verify", "--quiet", "--end-of-options", `${name}^{commit}`);
  } catch (error) {
    throw new RangeError(`bench: --against ${name} is not a commit of this repository`, { cause: error });
  }
}

const gitIn =
  (cwd) =>
  (...words) =>
    execFileSync("git", words, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim();

/** The time of the other build divided by that of this one: the median over turns, and of those in which each came first. */
export function pairedTable(commit, measured) {
  const heading = [
    `| work | threads | ${commit}, ms | now, ms | ${commit} ÷ now (least – most) | now first | ${commit} first |`,
    "|---|---|---|---|---|---|---|",
  ];
  return [...heading, ...measured.map(lineOf)].join("\n");
}

function lineOf({ title, threads, results: [now, then] }) {
  const cannot = then.report.cannot ?? now.report.cannot;
  const cells = cannot ? [`– ${cannot.replaceAll("|", "/")}`, "", "", "", ""] : ratios(now.times, then.times);
  return `| ${[title, threads, ...cells].join(" | ")} |`;
}

function ratios(now, then) {
  const pairs = now.map((time, turn) => then[turn] / time);
  const { median, least, most } = summary(pairs);
  const medianOf = (values) => (values.length > 0 ? digits(summary(values).median) : "");
  const turns = (parity) => pairs.filter((_, turn) => turn % 2 === parity);
  return [
    ...[medianOf(then), medianOf(now)],
    ...[`${digits(median)} (${digits(least)} – ${digits(most)})`, medianOf(turns(0)), medianOf(turns(1))],
  ];
}
