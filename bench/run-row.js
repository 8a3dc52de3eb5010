import { Contestant } from "./contestant.js";
import { roster } from "./roster.js";
import { limitsBeside } from "./rows/limits.js";

/** In milliseconds. A single longer run is enough to warm up. */
const long = 10_000;
const pause = () => new Promise((resolve) => setTimeout(resolve, 50));

/**
 * Runs all contestants of a row, and the limits that apply to it: all are prepared and warmed up, then they take turns,
 * so that other activity on the machine affects all alike. A pause before each run lets a peer's threads stop spinning.
 *
 * @param options those of the command line, with `node`, what runs the contestants, and `then`, the folder of the
 *   benchmark beside another build
 */
export async function runRow(row, options) {
  const { work, threads } = row;
  const { python, smoke, node } = options;
  const contestantOf = (name, task, more = {}) =>
    new Contestant({ ...roster[name], ...more }, task, { node, inside: smoke && roster[name].inside });
  const task = { work, threads, python, ...row.task };
  const contestants = options.then
    ? [contestantOf("ours", task), contestantOf("ours", task, { folder: options.then })]
    : row.who
        .filter((name) => !options.who || name === "limit" || options.who.includes(name))
        .map((name) => contestantOf(name, task));
  const beside = (options.then ? [] : limitsBeside(row, smoke)).map((limit) => ({
    ...limit,
    contestant: contestantOf("limit", { work: limit.work, threads, ...limit.task }),
  }));
  const all = [...contestants, ...beside.map(({ contestant }) => contestant)];
  try {
    for (const contestant of all) {
      const { milliseconds } = await contestant.prepare();
      if (smoke) continue;
      await pause();
      if (milliseconds < long && row.repetitions !== 1)
        for (let run = 0; run < (row.warmups ?? 1); run++) await contestant.repeat({ timed: false });
    }
    await takeTurns(all, row.repetitions ?? options.repetitions, options);
    const results = contestants.map(({ who, times, report }) => ({ who, times, report }));
    const limits = beside.map(({ contestant, ...limit }) => ({ ...limit, times: contestant.times }));
    return { ...row, results, limits };
  } finally {
    await Promise.all(all.map((contestant) => contestant.end()));
  }
}

/** The order is reversed every other turn: what runs first after a pause may be faster. */
async function takeTurns(contestants, repetitions, { seconds, smoke }) {
  const start = performance.now();
  for (let turn = 0; turn < repetitions; turn++) {
    if (turn > 0 && performance.now() - start > seconds * 1000) return;
    for (const contestant of turn % 2 === 0 ? contestants : contestants.toReversed()) {
      if (contestant.report.cannot) continue;
      if (!smoke) await pause();
      await contestant.repeat();
    }
  }
}
