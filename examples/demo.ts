/** How a language model works, step by step on models trained by this library: `npm run demo -- "Once upon a time"`. */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { classify, DecoderModel, fillMask, fromPretrained, stream, translate } from "transformer-blocks";
import { clozeExamples, moodExamples } from "./grammar";
import { heading, line } from "./show/print";
import { explained, unknownWords } from "./show/prompt";
import { showDistribution, showLayers, showTokens, showVectors } from "./show/steps";
import { loadWordVectors } from "./show/word-vectors";

const usage = `Usage: npm run demo -- ["how the story begins"]

Shows how a language model works, step by step, on models that this library trained.
  -h, --help   show this help
  --           treat the rest as text`;

/** Exits with a message instead of a stack trace. */
function stop(message: string, code: number): never {
  (code === 0 ? console.log : console.error)(message);
  process.exit(code);
}

function promptOf(argv: string[]): string {
  try {
    const options = { help: { type: "boolean", short: "h" } } as const;
    const { values, positionals } = parseArgs({ args: argv, options, allowPositionals: true });
    if (values.help) stop(usage, 0);
    return positionals.join(" ").replace(/\s+/g, " ").trim() || "Once upon a time";
  } catch (error) {
    return stop(`${error instanceof Error ? error.message : error}\n\n${usage}`, 2);
  }
}

const prompt = promptOf(process.argv.slice(2));
const model = (name: string) => fileURLToPath(new URL(`./models/${name}`, import.meta.url));
const sentences = [
  "The old bear gave the girl a red apple.",
  "Today the cat runs to the sea, because the sun is shining.",
];

const story = await fromPretrained(model("story"), { model: DecoderModel });

const { contextLength } = story.model.config;
const { length } = story.tokenizer.encode(prompt).ids;
const unknown = unknownWords(story.tokenizer, prompt);
if (length >= contextLength)
  stop(
    `The text has ${length} tokens; the model takes at most ${contextLength - 1}, plus the next one. Shorten it.`,
    1,
  );

if (unknown.length > 0) stop(explained(unknown), 1);

heading(1, "Text becomes tokens", "A token is a piece of text with a number, its id.");
const ids = showTokens(story.tokenizer, prompt);

heading(
  2,
  "Tokens become vectors",
  "Words with similar uses get similar vectors; here those that skip-gram learned from sentences:",
);
showVectors(await loadWordVectors(model("words")));

heading(3, "The transformer turns them, layer by layer, into an answer", "The next token as predicted by each layer:");
showLayers(story, ids);

heading(
  4,
  "The answer is a distribution over the next token",
  "Every token of the vocabulary has a probability; the likeliest:",
);
showDistribution(story, ids);

heading(5, "Sampling makes text", "A token is sampled and appended, again and again:");
process.stdout.write(`\n  ${prompt}`);
const room = contextLength - ids.length;
for await (const piece of stream(story, prompt, { maxNewTokens: room, temperature: 0.7, topP: 0.9, seed: 7 }))
  process.stdout.write(piece);
line("");

heading(
  6,
  "The same blocks read and translate",
  "An encoder sees both sides of a hidden word, and the whole of a sentence; a decoder writes while it looks at a source.",
);
const fill = await fromPretrained(model("fill"));
for (const { text } of clozeExamples.slice(0, 3)) {
  const fillings = await fillMask(fill, text, { top: 3 });
  line(`${text}  →  ${fillings.map(({ token, score }) => `${token} ${Math.round(100 * score)} %`).join(", ")}`);
}
const mood = await fromPretrained(model("fill"), { head: "sequenceClass" });
for (const { text } of moodExamples.slice(0, 3)) {
  const [best] = await classify(mood, text, { top: 1 });
  line(`${text}  →  ${best!.label} ${Math.round(100 * best!.score)} %`);
}
const translator = await fromPretrained(model("translate"));
for (const sentence of sentences) line(`${sentence}  →  ${await translate(translator, sentence)}`);
