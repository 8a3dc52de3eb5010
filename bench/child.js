// A contestant's process: prepares one task, then runs it once for each message.
const before = process.memoryUsage.rss();
const works = await import(`./contestants/${process.argv[2]}`);
let repeat;

async function answer({ order, task }) {
  if (order === "prepare") {
    const work = works[task.work];
    if (work === undefined) return { cannot: "not offered" };
    const prepared = await work(task);
    if (prepared.cannot) return prepared;
    repeat = prepared.repeat;
    // The first run: triggers lazy compilation, and returns what contestants are compared by.
    const first = await timed();
    const { check, note } = prepared;
    return { ...first, note, check: check && [...(await check())].map(Number), before };
  }
  return timed();
}

async function timed() {
  const start = performance.now();
  const measured = await repeat();
  const milliseconds = measured?.milliseconds ?? performance.now() - start;
  // Kilobytes, unlike every other size in Node.
  return { ...measured, milliseconds, peak: process.resourceUsage().maxRSS * 1024 };
}

process.on("message", (message) => {
  answer(message)
    .catch((error) => ({ cannot: reason(error) }))
    .then((report) => process.send(report));
});

function reason(error) {
  if (error?.code === "ERR_MODULE_NOT_FOUND") return "not installed";
  return String(error?.message ?? error)
    .split("\n")[0]
    .slice(0, 160);
}

// The parent process is gone.
process.on("disconnect", () => process.exit());
