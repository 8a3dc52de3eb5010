import { generateStream, jsonSchema } from "../../dist/generation.js";
import { buildModel } from "../models/build.js";
import { tokens } from "../random.js";
import { take } from "./take.js";
import { withKernels } from "./with-kernels.js";

/** All bytes, and words of letters with and without a space before them. */
function vocabulary(vocabSize) {
  const bytes = Array.from({ length: Math.min(256, vocabSize) }, (_, byte) => Uint8Array.of(byte));
  const words = Array.from({ length: vocabSize - bytes.length }, (_, i) => {
    const letters = Array.from(((i * 2654435761) % 2 ** 32).toString(26).slice(0, 2 + (i % 7)), (digit) =>
      String.fromCharCode(97 + Number.parseInt(digit, 26)),
    );
    return new TextEncoder().encode(`${i % 2 === 0 ? " " : ""}${letters.join("")}`);
  });
  const texts = [...bytes, ...words];
  return { vocabSize, idToToken: (id) => (texts[id] ? String(id) : undefined), tokenBytes: (id) => texts[id] };
}

/** A list of people: keys, numbers, and strings of a limited length, which need a new mask for each token. */
const people = {
  type: "array",
  minItems: 1,
  items: {
    type: "object",
    properties: {
      name: { type: "string", maxLength: 40 },
      note: { type: "string" },
      age: { type: "integer", minimum: 0, maximum: 130 },
    },
    required: ["name", "note", "age"],
  },
};

export const decoding = ({ model: name, prompt, count, context }, isConstrained) => {
  const model = buildModel(name);
  const { vocabSize } = model.config;
  const constraint = isConstrained ? jsonSchema(people, vocabulary(vocabSize)) : undefined;
  const ids = tokens(1, prompt, vocabSize);
  return take(async function* () {
    // A text of random weights may end soon; another follows.
    for (let seed = 0; ; seed++)
      for await (const { id } of generateStream(model, ids, {
        ...{ maxNewTokens: context - prompt, seed, endTokens: [], constraint },
      }))
        yield id;
  }, count);
};

export const constraints = withKernels((task) => decoding(task, true));
