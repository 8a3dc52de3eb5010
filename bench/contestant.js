import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { thisNode } from "./node.js";
import { Work } from "./work.js";

const here = fileURLToPath(new URL(".", import.meta.url));

/** A contestant at one task. `inside` runs it in this process, to save the start of another where nothing is timed. */
export class Contestant {
  #host;

  constructor(who, task, { node = thisNode, inside = false } = {}) {
    this.who = who;
    this.task = { ...task, ...who.task };
    this.times = [];
    this.report = {};
    this.#host = inside ? new Inside(who) : new Elsewhere(who, node);
  }

  /** Builds what the task needs and runs it once; the contestant may report that it cannot. */
  async prepare() {
    this.report = await this.#host.ask({ order: "prepare", task: this.task });
    return this.report;
  }

  /** One run, which counts if it is timed. */
  async repeat({ timed = true } = {}) {
    if (this.report.cannot) return this.report;
    const answer = await this.#host.ask({ order: "repeat" });
    if (timed && !answer.cannot) this.times.push(answer.milliseconds);
    this.report = { ...this.report, ...answer };
    return answer;
  }

  async end() {
    await this.#host.end();
  }
}

class Inside {
  #work;

  constructor({ file }) {
    this.#work = new Work(file);
  }

  ask(message) {
    return this.#work.answer(message);
  }

  end() {
    return this.#work.end();
  }
}

/** A process that runs one repetition per message. */
class Elsewhere {
  #process;
  #waiting;
  #over;

  constructor({ file, flags = [], folder = here }, node) {
    this.#process = fork(`${folder}child.js`, [file], {
      execPath: node.path,
      execArgv: ["--expose-gc", ...flags.filter((flag) => node.knows(flag))],
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    let complaints = "";
    this.#process.stderr.on("data", (text) => {
      complaints = (complaints + text).slice(-2000);
    });
    this.#process.on("message", (answer) => this.#settle(answer));
    this.#process.on("exit", (code, signal) => {
      const last = complaints.trim().split("\n").at(-1) ?? "";
      this.#over = { cannot: `its process ended (${signal ?? code}) ${last}`.trim() };
      this.#settle(this.#over);
    });
  }

  ask(message) {
    if (this.#over) return Promise.resolve(this.#over);
    return new Promise((resolve) => {
      this.#waiting = resolve;
      this.#process.send(message, (error) => error && this.#settle({ cannot: error.message }));
    });
  }

  async end() {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#process.once("exit", resolve));
    this.#process.kill();
    await ended;
  }

  #settle(answer) {
    this.#waiting?.(answer);
    this.#waiting = undefined;
  }
}
