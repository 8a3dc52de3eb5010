import { modelFile } from "../models/file.js";
import { vocabSizeOf } from "../models/sizes.js";
import { tokens } from "../random.js";
import { take } from "./take.js";

async function open({ model: name, weights = "float32", threads, context: contextSize }) {
  const { getLlama } = await import("node-llama-cpp");
  const llama = await getLlama({ gpu: false, build: "never", maxThreads: threads, logLevel: "error" });
  const model = await llama.loadModel({ modelPath: modelFile(name, `${weights}.gguf`) });
  const context = await model.createContext({ contextSize, threads });
  return context.getSequence();
}

const greedy = { temperature: 0, yieldEogToken: true };

export async function decode(task) {
  const sequence = await open(task);
  const [prompt] = tokens(1, task.prompt, vocabSizeOf(task.model));
  return take(() => sequence.evaluate(prompt, greedy), task.count);
}

export async function prefill(task) {
  const sequence = await open(task);
  const [prompt] = tokens(1, task.prompt, vocabSizeOf(task.model));
  let next;
  const repeat = async () => {
    await sequence.clearHistory();
    for await (const token of sequence.evaluate(prompt, greedy)) {
      next = token;
      break;
    }
  };
  return { repeat, check: () => [next] };
}
