/** Runs in every runtime, and in a page: the numbers of a model, its text, and the bits of the strict kernels. */
import { bert, complete, fromPretrained, quantize } from "transformer-blocks";
import { kernelInfo, strictKernels, useKernels } from "transformer-blocks/kernels";

/** FNV-1a of 32 bits. */
function hash(numbers) {
  let state = 0x811c9dc5;
  for (const byte of new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength))
    state = Math.imul(state ^ byte, 0x01000193);
  return (state >>> 0).toString(16);
}

const sizes = { vocabSize: 1000, contextLength: 64, dModel: 64, heads: 4, layers: 2, pooler: false };
const ids = [Array.from({ length: 40 }, (_, i) => (i * 79) % 1000)];

/** @param models where examples/models is */
export async function program(models) {
  const fast = kernelInfo().name;
  const story = await fromPretrained(`${models}/story`);
  const logits = [...(await story.model.forward([[1, 2, 3]]).read()).subarray(0, 64)];
  const text = await complete(story, "Once upon a time", { maxNewTokens: 16 });
  useKernels(strictKernels());
  const encoder = bert(sizes, { seed: 1 });
  const whole = hash(await encoder.forward(ids).read());
  const rounded = hash(await quantize(encoder, "q8").forward(ids).read());
  return { fast, logits, text, strict: { kernels: kernelInfo().name, whole, rounded } };
}
