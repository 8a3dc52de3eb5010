import { embed, quantize } from "../../dist/index.js";
import { tokenizerFromJson } from "../../dist/tokenizer.js";
import { buildModel } from "../models/build.js";
import { sentences as sentencesOf, tokenizerJson } from "../sentences.js";
import { withKernels } from "./with-kernels.js";

export const sentences = withKernels(({ model: name, texts: count, dtype }) => {
  const model = buildModel(name);
  if (dtype) quantize(model, dtype);
  const pretrained = { model, tokenizer: tokenizerFromJson(tokenizerJson()) };
  const texts = sentencesOf(count);
  let vectors;
  const repeat = async () => {
    vectors = await embed(pretrained, texts);
  };
  return { repeat, check: () => vectors[0].slice(0, 8) };
});
