/**
 * `isCachingTested` says that tests hold a class to its `caching`. `generate` then trusts it: it no longer compares with a
 * pass without a cache, and texts of unequal lengths run together, padded on the left, unless `seesPadding` is true. These
 * are the tests: a model with each such class, together and alone, with a cache and without.
 */
import * as library from "transformer-blocks";
import { type DecoderModel, generate, type Module } from "transformer-blocks";
import { describe, expect, it } from "vitest";
import { faults } from "../families/sites";
import { everyModel, models } from "./every-block";

const texts = [[1, 2, 3, 4, 5, 6, 7], [8, 9], [10], [3, 1, 4, 1]];

async function scores(made: DecoderModel, ids: readonly (readonly number[])[], cache: boolean) {
  const { logits } = await generate(made, ids, { maxNewTokens: 5, endTokens: [], outputLogits: true, cache });
  return logits!.map(({ data }) => [...data]);
}

function expectClose(found: readonly number[][], wanted: readonly number[][]): void {
  found.forEach((row, r) => {
    const greatest = Math.max(1, ...wanted[r]!.map(Math.abs));
    const difference = Math.max(...row.map((score, i) => Math.abs(score - wanted[r]![i]!)));
    expect(difference / greatest, `text ${r}`).toBeLessThan(1e-4);
  });
}

describe("a class whose caching is tested scores a text alike", () => {
  it.each(everyModel)("$Name $kind: together with longer texts, alone, and without a cache", async ({ Name, make }) => {
    const made = make();
    const Class = Reflect.get(library, Name) as abstract new (...args: never[]) => Module;
    expect([...made.modules().values()].some((module) => module instanceof Class)).toBe(true);
    const together = await scores(made, texts, true);
    const alone = [];
    for (const text of texts) alone.push(...(await scores(made, [text], true)));
    expectClose(together, alone);
    expectClose(together, await scores(made, texts, false));
  });

  it("and every class that says so is in the table above", () => {
    const marked = Object.entries(library).flatMap(([name, value]) =>
      Object.hasOwn(value, "isCachingTested") ? [name] : [],
    );
    expect(marked.toSorted()).toEqual(Object.keys(models).toSorted());
  });
});

describe("docs/inspect.md says what it reports, and in which shape", () => {
  it.each(everyModel)("$Name $kind", ({ make }) => {
    const model = make();
    const ids = [texts[0]!, texts[0]!.toReversed()];
    const found = faults({ model, run: (pass) => model.forward(ids, pass), ids, targets: undefined });
    const advice = "add the site to the table of docs/inspect.md, and its class to kindsOf in test/families/sites.ts";
    expect(found, advice).toEqual([]);
  });
});
