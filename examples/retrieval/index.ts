/** Answers from documents: `npm run retrieval -- "Can a fish swim?"`. */
import { fileURLToPath } from "node:url";
import { chatTemplate, complete, embed, fromPretrained } from "transformer-blocks";
import { documents } from "./documents";
import { template } from "./template";

const question = process.argv.slice(2).join(" ").trim() || "Can a fish swim?";
const model = (name: string) => fileURLToPath(new URL(`../models/${name}`, import.meta.url));

const [reader, writer] = await Promise.all([fromPretrained(model("fill")), fromPretrained(model("story"))]);
const [asked, ...vectors] = await embed(reader, [question, ...documents.map(({ text }) => text)]);
const nearness = (vector: Float32Array) => vector.reduce((sum, x, i) => sum + x * asked![i]!, 0);
const scored = documents.map((document, i) => ({ ...document, score: nearness(vectors[i]!) }));
const nearest = scored.sort((a, b) => b.score - a.score).slice(0, 2);
const messages = [{ role: "user", content: question }];
const prompt = await chatTemplate(writer, messages, { documents: nearest, template });
console.log(prompt);
// A model made for chats reads all of it, with chat(…). This writer knows only stories: it goes on from the last line.
console.log(await complete(writer, prompt.split("\n").at(-1)!, { maxNewTokens: 30, stop: ["."] }));
