import { fromPretrained } from "../../dist/families.js";
import { complete, embed } from "../../dist/tasks.js";
import { modelDirectory } from "../models/directory.js";
import { promptOf, sentences } from "../texts.js";
import { withKernels } from "./with-kernels.js";

const load = (name, weights) =>
  fromPretrained(modelDirectory(name), weights && weights !== "float32" ? { weights } : {});

/** Text in, text out. */
export const writing = withKernels(async ({ model: name, weights, count }) => {
  const pretrained = await load(name, weights);
  const prompt = promptOf(name);
  let text;
  const repeat = async () => {
    text = await complete(pretrained, prompt, { maxNewTokens: count, temperature: 0 });
  };
  return { repeat, check: () => Array.from(text, (letter) => letter.codePointAt(0)) };
});

/** Vectors of sentences. */
export const embedding = withKernels(async (task) => {
  const pretrained = await load(task.model, task.weights);
  const texts = sentences(task);
  let vectors;
  const repeat = async () => {
    vectors = await embed(pretrained, texts);
  };
  return { repeat, check: () => vectors.at(-1).slice(0, 8) };
});
