import { spawn, spawnSync } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** Python's tokenizers in a separate process with one thread; undefined if not installed. */
export function nativeTimer(python) {
  if (spawnSync(python, ["-c", "import tokenizers"]).status !== 0) {
    console.error(`${python} does not have the package tokenizers; set PYTHON to one that has it`);
    return undefined;
  }
  const environment = { ...process.env, RAYON_NUM_THREADS: "1", TOKENIZERS_PARALLELISM: "false" };
  const child = spawn(python, [fileURLToPath(new URL("native.py", import.meta.url))], {
    env: environment,
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    /** Work is "encode" with the tokenizer's file, or "BPE" or "Unigram" for training with a vocabulary size. */
    async time(work, argument, textFile) {
      child.stdin.write(`${JSON.stringify([work, argument, textFile])}\n`);
      const [seconds, count] = JSON.parse((await lines.next()).value);
      return { seconds, count };
    },
    close: () => child.stdin.end(),
  };
}
