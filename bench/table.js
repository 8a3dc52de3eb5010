import { digits, summary } from "./statistics.js";

/** The tolerance for sums in another order, relative to the largest number. */
const tolerance = 1e-3;

export const heading = [
  "| work | threads | who | median ms (least – most) | rate | of the limit | time of ours × |",
  "|---|---|---|---|---|---|---|",
];

/** One Markdown table of all rows. */
export function table(measured) {
  return [...heading, ...measured.flatMap(linesOf)].join("\n");
}

/** One line per contestant. */
export function linesOf(row) {
  const ours = row.results.find(({ who, times }) => isOurs(who) && times.length > 0);
  return row.results.map((result) => {
    const start = [row.title, row.threads, result.who.title];
    if (result.report.cannot) return line([...start, `– ${result.report.cannot.replaceAll("|", "/")}`, "", "", ""]);
    return line([...start, ...cells(row, result, ours)]);
  });
}

/** With the row's own task, which another line of this library may change. */
const isOurs = ({ file, task }) => file === "ours.js" && !task;

function cells(row, { times, report, who }, ours) {
  const { median, least, most } = summary(times);
  const time = `${digits(median)} (${digits(least)} – ${digits(most)})`;
  const ratio = ours && !isOurs(who) && who.file !== "limits.js" ? digits(median / summary(ours.times).median) : "";
  const notes = [report.note, ours && !row.rounded && differs(ours.report.check, report.check)]
    .filter(Boolean)
    .join("; ");
  return [notes ? `${time}; ${notes}` : time, rateOf(row, report, median), shareOf(row, who, median), ratio];
}

function rateOf(row, report, median) {
  if (row.rate) return row.rate(report, median);
  if (row.tokens) return `${digits((row.tokens / median) * 1000)} tokens/s`;
  if (row.operations) return `${digits(row.operations / median / 1e6)} GFLOP/s`;
  return row.bytes ? `${digits(row.bytes / median / 1e6)} GB/s` : "";
}

/** The share of the limit, measured in turn with the work; strict kernels have their own limit. */
function shareOf(row, who, median) {
  const measured = (row.limits ?? []).filter(({ times }) => times.length > 0);
  const wanted = who.file === "ours-strict.js" ? "strict" : (measured[0]?.name ?? "");
  const limit = measured.find(({ name }) => name === wanted);
  if (!limit) return "";
  const rate = (of, milliseconds) => (of.bytes ?? of.operations) / milliseconds;
  return `${Math.round((100 * rate(row, median)) / rate(limit, summary(limit.times).median))} %`;
}

/** Whether a contestant did other work than ours. */
function differs(ours, theirs) {
  if (!ours || !theirs) return undefined;
  const largest = Math.max(...ours.map(Math.abs), 1e-6);
  const same = ours.length === theirs.length && ours.every((x, i) => Math.abs(x - theirs[i]) <= tolerance * largest);
  return same ? undefined : "its result differs from ours";
}

const line = (parts) => `| ${parts.join(" | ")} |`;
