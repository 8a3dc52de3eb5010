/** What a page does with the package as it is built: Node runs the same, and compares. */
import { bert, chat, complete, DecoderModel, fromPretrained, inWorker, quantize, stream } from "transformer-blocks";
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

/** What a model in a worker writes, how it streams, and what an abort and the end of the worker say. */
export async function useInWorker(models: string) {
  const story = await inWorker(`${models}/story`);
  const text = await complete(story, "Once upon a time", { maxNewTokens: 20 });
  let streamed = "";
  for await (const piece of stream(story, "Once upon a time", { maxNewTokens: 20 })) streamed += piece;
  const controller = new AbortController();
  const endless = { maxNewTokens: 150, endTokens: [], signal: controller.signal };
  const onToken = () => controller.abort(new Error("enough"));
  const said = (error: unknown) => (error as Error).message;
  const aborted = await complete(story, "Once upon a time", { ...endless, onToken }).catch(said);
  const pending = complete(story, "Once upon a time", { maxNewTokens: 150, endTokens: [] }).catch(said);
  await story.close();
  return { text, streamed, aborted, closed: await pending };
}

/** A reply in a chat template, which loads another package. */
export async function useChat(models: string) {
  const story = await fromPretrained(`${models}/story`, { model: DecoderModel });
  const messages = [{ role: "user", content: "Once upon a time" }];
  return chat(story, messages, { maxNewTokens: 20, template: "{{ messages[0].content }}" });
}
