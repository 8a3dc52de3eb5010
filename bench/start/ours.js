// A fresh process: what the import of the package takes, and then a tiny model's first result.
import { sizes } from "../models/sizes.js";
import { tokens } from "../random.js";
import { report } from "./report.js";

const { model: name, seq } = JSON.parse(process.argv[2]);
const begin = performance.now();
const { gpt } = await import("../../dist/index.js");
const imported = performance.now();
const model = gpt(sizes[name].config, { seed: 1 });
const numbers = await model.forward(tokens(1, seq, sizes[name].config.vocabSize)).read();
report({ begin, imported, numbers });
