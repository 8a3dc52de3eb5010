import { execFileSync } from "node:child_process";
import { tmpdir } from "node:os";

const relaxed = "--experimental-wasm-relaxed-simd";

class Node {
  /** @param version such as "24.9.0" */
  constructor(path, version) {
    this.path = path;
    this.version = version;
    this.major = Number(version.split(".")[0]);
  }

  /** Relaxed SIMD needs a flag up to Node 21; later versions enable it by default. An engine refuses unknown flags. */
  knows(flag) {
    return flag !== relaxed || this.major < 22;
  }
}

/** The Node that runs this process. */
export const thisNode = new Node(process.execPath, process.versions.node);

/**
 * The Node to run contestants in.
 * @param given a version, which npx downloads unless it is this one, or the path of an executable
 * @throws RangeError for a version or path that does not run
 */
export function nodeOf(given) {
  if (given === String(thisNode.major) || given === thisNode.version) return thisNode;
  const print = "process.execPath + ' ' + process.versions.node";
  // Its installer is a script, which bench/.npmrc would not run: npx is started elsewhere.
  const [command, words] = /^\d+(\.\d+){0,2}$/.test(given) ? ["npx", ["--yes", `node@${given}`]] : [given, []];
  const told = asked(given, command, [...words, "-p", print]);
  const space = told.lastIndexOf(" ");
  return new Node(told.slice(0, space), told.slice(space + 1));
}

function asked(given, command, words) {
  try {
    return execFileSync(command, words, { cwd: tmpdir(), encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim();
  } catch (error) {
    const why = String(error.stderr || error.message)
      .trim()
      .split("\n")
      .at(-1);
    throw new RangeError(`bench: --node ${given} does not run: ${why}`, { cause: error });
  }
}
