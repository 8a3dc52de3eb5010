/** Pages whose size is a promise: the same code for every bundler. Each sets `globalThis.page` to what it uses. */
export const pages = {
  "one attention block": `
    import { initialize, MultiHeadAttention, tensor } from "transformer-blocks";
    globalThis.page = () => initialize(new MultiHeadAttention({ dModel: 8, heads: 2 }), { seed: 1 })
      .forward(tensor([[[1, 2, 3, 4, 5, 6, 7, 8], [8, 7, 6, 5, 4, 3, 2, 1]]]), { mask: "causal" }).toArray();`,
  "GPT-2 with its tokenizer": `
    import { gpt2, pretrainedLoader } from "transformer-blocks/families";
    import { stream } from "transformer-blocks/tasks";
    const load = pretrainedLoader([gpt2]);
    globalThis.page = async (source) => {
      let text = "";
      for await (const piece of stream(await load(source), "Once upon a time", { maxNewTokens: 12 })) text += piece;
      return text;
    };`,
  "an attention block that trains": `
    import { initialize, MultiHeadAttention, meanSquaredError, tensor } from "transformer-blocks";
    import { adamW, train } from "transformer-blocks/training";
    globalThis.page = async () => {
      const attention = initialize(new MultiHeadAttention({ dModel: 8, heads: 2 }), { seed: 1 });
      const x = tensor([[[1, 2, 3, 4, 5, 6, 7, 8], [8, 7, 6, 5, 4, 3, 2, 1]]]);
      const loss = () => meanSquaredError(attention.forward(x, { mask: "causal" }), x);
      await train(attention, { loss, batches: [0, 1], steps: 2, optimizer: adamW(attention, { learningRate: 0.01 }) });
      return loss().item();
    };`,
} as const;

export type PageName = keyof typeof pages;
export const pageNames = Object.keys(pages) as PageName[];

/** The same imports from the finest entry points that docs/bundling.md names. */
const finest: Readonly<Record<string, string>> = {
  'import { initialize, MultiHeadAttention, tensor } from "transformer-blocks";': `
    import { initialize, MultiHeadAttention } from "transformer-blocks/blocks";
    import { tensor } from "transformer-blocks/tensor";`,
  'import { gpt2, pretrainedLoader } from "transformer-blocks/families";': `
    import { gpt2 } from "transformer-blocks/families/gpt2";
    import { pretrainedLoader } from "transformer-blocks/families/pretrainedLoader";`,
  'import { stream } from "transformer-blocks/tasks";': `
    import { stream } from "transformer-blocks/tasks/stream";`,
  'import { initialize, MultiHeadAttention, meanSquaredError, tensor } from "transformer-blocks";': `
    import { initialize, MultiHeadAttention } from "transformer-blocks/blocks";
    import { meanSquaredError, tensor } from "transformer-blocks/tensor";`,
};

/** A page as it is written for a bundler: esbuild with splitting keeps what any file that is imported imports later. */
export const pageFor = (bundler: string, page: PageName): string =>
  bundler === "esbuild with splitting"
    ? pages[page].replace(/import .*;/g, (imported) => finest[imported] ?? imported)
    : pages[page];

/**
 * What each bundler makes of a page that it loads at once, in KB as a server sends it. A change may lower these; it
 * raises one only with a reason in CHANGELOG.md.
 */
export const budgets: Readonly<Record<PageName, Readonly<Record<string, number>>>> = {
  "one attention block": {
    ...{ esbuild: 41.8, "esbuild with splitting": 41.8, Rolldown: 41, Rollup: 40.8, webpack: 40.4, Vite: 40.9 },
  },
  "GPT-2 with its tokenizer": {
    ...{ esbuild: 32.2, "esbuild with splitting": 42.4, Rolldown: 35.6, Rollup: 34.6, webpack: 36.4, Vite: 36.4 },
  },
  "an attention block that trains": {
    ...{ esbuild: 63.8, "esbuild with splitting": 65.9, Rolldown: 62.6, Rollup: 63, webpack: 68.7, Vite: 63 },
  },
};
