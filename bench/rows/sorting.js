import { digits } from "../statistics.js";

/** Sorting, and choosing the greatest, compared with a typed array's own sort, which gives no places. */
export const rows = ({ smoke }) => {
  const count = smoke ? 1000 : 150_000;
  const words = count.toLocaleString("en");
  const kinds = { sort: `${words} numbers in order, with their places`, topK: `the 50 greatest of ${words} numbers` };
  return Object.entries(kinds).map(([kind, title]) => ({
    title,
    work: "sorting",
    task: { kind, count },
    threads: 1,
    who: ["ours", "typed array"],
    rate: (_, median) => `${digits((median * 1e6) / count)} ns each`,
  }));
};
