import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** A Python process that answers each line of JSON with another, and ends when its input does. */
export function startPython(python, script) {
  const child = spawn(python, [fileURLToPath(new URL(script, import.meta.url))], { stdio: "pipe" });
  let complaints = "";
  child.stderr.on("data", (text) => {
    complaints = (complaints + text).slice(-2000);
  });
  const failed = new Promise((_, reject) => {
    child.once("error", reject);
    child.once("close", () => reject(new Error(complaints.trim().split("\n").at(-1) || "its Python ended")));
  });
  // It may fail while no answer is awaited.
  failed.catch(() => {});
  child.stdin.on("error", () => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async ask(message) {
      child.stdin.write(`${JSON.stringify(message)}\n`);
      const line = lines.next().then(({ value, done }) => (done ? failed : JSON.parse(value)));
      return Promise.race([line, failed]);
    },
  };
}
