import { digits, summary } from "./statistics.js";

/** The least that sums in another order may differ by, of the largest number. */
const tolerance = 1e-3;

const heading = [
  "| work | threads | who | median ms (least – most) | rate | of the limit | time of ours × |",
  "|---|---|---|---|---|---|---|",
];

/** One Markdown table of all rows; a limit is of the same number of threads. */
export function table(measured) {
  const limits = measured.filter(({ limit }) => limit);
  return [...heading, ...measured.flatMap((row) => linesOf(row, limits))].join("\n");
}

function linesOf(row, limits) {
  const ours = row.results.find(({ who, times }) => who.file === "ours.js" && times.length > 0);
  return row.results.map((result) => {
    const start = [row.title, row.threads, result.who.title];
    if (result.report.cannot) return line([...start, `– ${result.report.cannot}`, "", "", ""]);
    return line([...start, ...cells(row, result, limits, ours)]);
  });
}

function cells(row, { times, report, who }, limits, ours) {
  const { median, least, most } = summary(times);
  const time = `${digits(median)} (${digits(least)} – ${digits(most)})`;
  const isOurs = ours?.report === report;
  const ratio = ours && !isOurs && who.file !== "limits.js" ? digits(median / summary(ours.times).median) : "";
  const notes = [report.note, ours && differs(ours.report.check, report.check)].filter(Boolean).join("; ");
  return [notes ? `${time}; ${notes}` : time, rateOf(row, report, median), shareOf(row, median, limits), ratio];
}

function rateOf(row, report, median) {
  if (row.rate) return row.rate(report, median);
  if (row.tokens) return `${digits((row.tokens / median) * 1000)} tokens/s`;
  if (row.operations) return `${digits(row.operations / median / 1e6)} GFLOP/s`;
  return row.bytes ? `${digits(row.bytes / median / 1e6)} GB/s` : "";
}

/** The share of the limit that binds the work: operations, or bytes where it says how many it must read. */
function shareOf(row, median, limits) {
  const kind = row.bytes ? "bytes" : "operations";
  const limit = limits.find((other) => other.limit === kind && other.threads === row.threads);
  const times = limit?.results[0]?.times ?? [];
  if (row.work === "peak" || row.work === "bandwidth" || times.length === 0 || !row[kind]) return "";
  const most = limit[kind] / summary(times).least;
  return `${Math.round((100 * row[kind]) / median / most)} %`;
}

/** What does other work than ours is no peer. */
function differs(ours, theirs) {
  if (!ours || !theirs) return undefined;
  const largest = Math.max(...ours.map(Math.abs), 1e-6);
  const same = ours.length === theirs.length && ours.every((x, i) => Math.abs(x - theirs[i]) <= tolerance * largest);
  return same ? undefined : "its result differs from ours";
}

const line = (parts) => `| ${parts.join(" | ")} |`;
