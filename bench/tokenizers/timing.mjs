/**
 * Runs all contestants in turn, so that disturbances affect all of them. Times are processor seconds, which other
 * activity on the machine affects less than wall-clock time.
 */
export async function interleaved(contestants, rounds) {
  const names = Object.keys(contestants).filter((name) => contestants[name]);
  const times = Object.fromEntries(names.map((name) => [name, []]));
  const counts = {};
  for (let round = -1; round < rounds; round++) {
    for (const name of names) {
      const start = process.cpuUsage();
      const result = await contestants[name]();
      const { user, system } = process.cpuUsage(start);
      const seconds = result?.seconds ?? (user + system) / 1e6;
      counts[name] = result?.count ?? result;
      // A round before the first is a warm-up.
      if (round >= 0) times[name].push(seconds);
    }
  }
  return Object.fromEntries(names.map((name) => [name, { ...summary(times[name]), count: counts[name] }]));
}

function summary(times) {
  const sorted = times.toSorted((a, b) => a - b);
  return { median: sorted[sorted.length >> 1], least: sorted[0], most: sorted.at(-1) };
}

/** Speeds, this library's speedup over the others, and token counts if they differ. */
export function row(work, size, { ours, gpt, huggingFace, native }) {
  const speed = ({ median, least, most }) => {
    const megabytes = (seconds) => (size / seconds / 1e6).toFixed(seconds > size / 1e7 ? 1 : 0);
    return `${megabytes(median)} (${megabytes(most)}–${megabytes(least)})`;
  };
  const cell = (other) => {
    if (other === undefined) return "–";
    const note = other.count === ours.count ? "" : `, ${other.count - ours.count} tokens more`;
    return `${speed(other)}; **${(other.median / ours.median).toFixed(2)} ×**${note}`;
  };
  return `| ${work} | ${speed(ours)} | ${[gpt, huggingFace, native].map(cell).join(" | ")} |`;
}
