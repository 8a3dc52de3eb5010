import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";

const child = fileURLToPath(new URL("./child.js", import.meta.url));

/** A contestant at one task, in a process of its own that runs one repetition each time it is told to. */
export class Contestant {
  #process;
  #waiting;

  constructor(who, task) {
    this.who = who;
    this.task = task;
    this.times = [];
    this.report = {};
    // An engine that does not know a flag of another version's refuses to start.
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

  /** Builds what the task needs and runs it once: the contestant may answer that it cannot. */
  async prepare() {
    this.report = await this.#ask({ order: "prepare", task: this.task });
    return this.report;
  }

  /** One run. A timed one counts. */
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

/** Relaxed SIMD needs a flag up to Node 21, and later versions have it without. */
function knows(flag) {
  return flag === "--experimental-wasm-relaxed-simd" && Number(process.versions.node.split(".")[0]) < 22;
}
