import type { Survey } from "../survey-result";
import { compiledDecoding } from "./decoding";
import type { Flavor } from "./module";
import { align, type Region } from "./region";
import { Workspace } from "./workspace";

const workspaces: Readonly<Record<Flavor, Workspace>> = {
  strict: /* @__PURE__ */ new Workspace(() => compiledDecoding("strict")),
  relaxed: /* @__PURE__ */ new Workspace(() => compiledDecoding("relaxed")),
};

/** Bytes of what the kernel writes. */
const RESULTS = 16;

export const survey = (flavor: Flavor, scores: Float32Array, sums: boolean): Survey =>
  workspaces[flavor].use(align(scores.byteLength) + RESULTS, (region) => {
    const x = region.put(scores);
    const results = region.take(RESULTS);
    region.assembly.surveyScores!(x, scores.length, Number(sums), results);
    return surveyIn(region, results, sums);
  });

/** What the kernel has written. */
function surveyIn({ numbers, integers }: Region, at: number, sums: boolean): Survey {
  const [most, best] = [numbers[at / 4]!, integers[at / 4 + 1]!];
  if (!sums) return { most, best, logSum: undefined };
  return { most, best, logSum: best < 0 ? Number.NaN : most + Math.log(numbers[at / 4 + 2]!) };
}
