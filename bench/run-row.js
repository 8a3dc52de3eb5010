import { Contestant } from "./contestant.js";
import { roster } from "./roster.js";

/** A run longer than this warms up enough in one. */
const long = 10_000;
const pause = () => new Promise((resolve) => setTimeout(resolve, 50));

/**
 * Everyone at one row: all are prepared and warm, then each runs once in turn, again and again, so that what the machine
 * does meanwhile befalls all alike. Between runs a pause, in which a peer's threads stop spinning.
 */
export async function runRow(row, options) {
  const { title, work, threads } = row;
  const chosen = row.who.filter((name) => !options.who || name === "limit" || options.who.includes(name));
  const contestants = chosen.map(
    (name) => new Contestant(roster[name], { work, threads, ...row.task, ...row.tasks?.[name] }),
  );
  try {
    for (const contestant of contestants) {
      const { milliseconds } = await contestant.prepare();
      await pause();
      if (milliseconds < long && !options.smoke && row.repetitions !== 1) await contestant.repeat({ timed: false });
    }
    const running = () => contestants.filter(({ report }) => !report.cannot);
    const start = performance.now();
    for (let turn = 0; turn < (row.repetitions ?? options.repetitions); turn++) {
      if (turn > 0 && performance.now() - start > options.seconds * 1000) break;
      for (const contestant of running()) {
        await pause();
        await contestant.repeat();
      }
    }
    return { ...row, title, results: contestants.map(({ who, times, report }) => ({ who, times, report })) };
  } finally {
    await Promise.all(contestants.map((contestant) => contestant.end()));
  }
}
