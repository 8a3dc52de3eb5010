import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";

const child = fileURLToPath(new URL("./child.js", import.meta.url));

/** A contestant at one task, in a separate process that runs one repetition per message. */
export class Contestant {
  #process;
  #waiting;

  constructor(who, task) {
    this.who = who;
    this.task = task;
    this.times = [];
    this.report = {};
    // An engine refuses to start with a flag it does not know.
    const flags = (who.flags ?? []).filter((flag) => process.allowedNodeEnvironmentFlags.has(flag) || knows(flag));
    this.#process = fork(child, [who.file], {
      execArgv: ["--expose-gc", ...flags],
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    let complaints = "";
    this.#process.stderr.on("data", (text) => {
      complaints = (complaints + text).slice(-2000);
    });
    this.#process.on("message", (answer) => this.#settle(answer));
    this.#process.on("exit", (code, signal) => {
      const last = complaints.trim().split("\n").at(-1) ?? "";
      this.#settle({ cannot: `its process ended (${signal ?? code}) ${last}`.trim() });
    });
  }

  /** Builds what the task needs and runs it once; the contestant may report that it cannot. */
  async prepare() {
    this.report = await this.#ask({ order: "prepare", task: this.task });
    return this.report;
  }

  /** One run, which counts if it is timed. */
  async repeat({ timed = true } = {}) {
    const answer = await this.#ask({ order: "repeat" });
    if (answer.cannot) this.report = { ...this.report, cannot: answer.cannot };
    else if (timed) this.times.push(answer.milliseconds);
    this.report = { ...this.report, ...answer };
    return answer;
  }

  async end() {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#process.once("exit", resolve));
    this.#process.kill();
    await ended;
  }

  #ask(message) {
    if (this.report.cannot) return Promise.resolve(this.report);
    return new Promise((resolve) => {
      this.#waiting = resolve;
      this.#process.send(message, (error) => error && this.#settle({ cannot: error.message }));
    });
  }

  #settle(answer) {
    this.#waiting?.(answer);
    this.#waiting = undefined;
  }
}

/** Relaxed SIMD needs a flag up to Node 21; later versions enable it by default. */
function knows(flag) {
  return flag === "--experimental-wasm-relaxed-simd" && Number(process.versions.node.split(".")[0]) < 22;
}
