import { compiledDecoding } from "./decoding";
import type { Flavor } from "./module";
import { align } from "./region";
import { Workspace } from "./workspace";

const workspaces: Readonly<Record<Flavor, Workspace>> = {
  strict: /* @__PURE__ */ new Workspace(() => compiledDecoding("strict")),
  relaxed: /* @__PURE__ */ new Workspace(() => compiledDecoding("relaxed")),
};

export const logSum = (flavor: Flavor, scores: Float32Array): number =>
  workspaces[flavor].use(align(scores.byteLength) + 16, (region) => {
    const x = region.put(scores);
    const results = region.take(8);
    region.assembly.sumScores!(x, scores.length, results);
    return region.numbers[results / 4]! + Math.log(region.numbers[results / 4 + 1]!);
  });
