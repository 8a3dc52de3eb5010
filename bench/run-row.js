import { Contestant } from "./contestant.js";
import { roster } from "./roster.js";
import { limitsBeside } from "./rows/limits.js";

/** In milliseconds. A single longer run is enough to warm up. */
const long = 10_000;
const pause = () => new Promise((resolve) => setTimeout(resolve, 50));

/**
 * Runs all contestants of a row, and the limits that apply to it: all are prepared and warmed up, then they take turns,
 * so that other activity on the machine affects all alike. A pause before each run lets a peer's threads stop spinning.
 */
export async function runRow(row, options) {
  const { work, threads } = row;
  const { python } = options;
  const chosen = row.who.filter((name) => !options.who || name === "limit" || options.who.includes(name));
  const contestants = chosen.map((name) => new Contestant(roster[name], { work, threads, python, ...row.task }));
  const beside = limitsBeside(row, options.smoke).map((limit) => ({
    ...limit,
    contestant: new Contestant(roster.limit, { work: limit.work, threads, ...limit.task }),
  }));
  const all = [...contestants, ...beside.map(({ contestant }) => contestant)];
  try {
    for (const contestant of all) {
      const { milliseconds } = await contestant.prepare();
      await pause();
      if (milliseconds < long && !options.smoke && row.repetitions !== 1) await contestant.repeat({ timed: false });
    }
    await takeTurns(all, row.repetitions ?? options.repetitions, options.seconds * 1000);
    const results = contestants.map(({ who, times, report }) => ({ who, times, report }));
    const limits = beside.map(({ contestant, ...limit }) => ({ ...limit, times: contestant.times }));
    return { ...row, results, limits };
  } finally {
    await Promise.all(all.map((contestant) => contestant.end()));
  }
}

async function takeTurns(contestants, repetitions, milliseconds) {
  const start = performance.now();
  for (let turn = 0; turn < repetitions; turn++) {
    if (turn > 0 && performance.now() - start > milliseconds) return;
    for (const contestant of contestants) {
      if (contestant.report.cannot) continue;
      await pause();
      await contestant.repeat();
    }
  }
}
