/** What a page does with the package as it is built: Node runs the same, and compares. */
import { bert, complete, DecoderModel, fromPretrained, quantize } from "transformer-blocks";
import { kernelInfo, useThreads } from "transformer-blocks/kernels";

const sizes = { vocabSize: 1000, contextLength: 128, dModel: 128, heads: 4, layers: 2, pooler: false };
const ids = [Array.from({ length: 100 }, (_, i) => (i * 79) % 1000)];

/** Numbers of a BERT's forward pass, and what a pretrained model writes, with and without small weights. */
export async function use(models: string) {
  const hidden = await bert(sizes, { seed: 1 }).forward(ids).read();
  const story = await fromPretrained(`${models}/story`, { model: DecoderModel });
  const options = { maxNewTokens: 20 };
  const text = await complete(story, "Once upon a time", options);
  quantize(story.model, "q8");
  const small = await complete(story, "Once upon a time", options);
  return { hidden: [...hidden], text, small, kernels: kernelInfo() };
}

/** The same with so many threads, or the error's message. */
export async function useWithThreads(models: string, threads: number) {
  try {
    await useThreads(threads);
    return await use(models);
  } catch (error) {
    return (error as Error).message;
  } finally {
    await useThreads(1);
  }
}
