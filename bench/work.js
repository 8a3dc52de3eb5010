/** One task of a contestant: prepared once, then run as often as it is asked. */
export class Work {
  #file;
  #before = process.memoryUsage.rss();
  #repeat;
  #end;

  constructor(file) {
    this.#file = file;
  }

  /** The answer to an order, which never throws: a contestant that cannot do a task says why. */
  async answer({ order, task }) {
    try {
      return order === "prepare" ? await this.#prepare(task) : await this.#timed();
    } catch (error) {
      return { cannot: reason(error) };
    }
  }

  /** Stops what would keep the process alive. */
  async end() {
    await this.#end?.();
  }

  async #prepare(task) {
    const works = await import(`./contestants/${this.#file}`);
    const work = works[task.work];
    if (work === undefined) return { cannot: "not offered" };
    const prepared = await work(task);
    if (prepared.cannot) return prepared;
    this.#repeat = prepared.repeat;
    this.#end = prepared.end;
    // The first run: triggers lazy compilation, and returns what contestants are compared by.
    const first = await this.#timed();
    const { check, note } = prepared;
    return { ...first, note, check: check && [...(await check())].map(Number), before: this.#before };
  }

  async #timed() {
    const start = performance.now();
    const measured = await this.#repeat();
    const milliseconds = measured?.milliseconds ?? performance.now() - start;
    // Kilobytes, unlike every other size in Node.
    return { ...measured, milliseconds, peak: process.resourceUsage().maxRSS * 1024 };
  }
}

function reason(error) {
  if (error?.code === "ERR_MODULE_NOT_FOUND") return "not installed";
  return String(error?.message ?? error)
    .split("\n")[0]
    .slice(0, 160);
}
