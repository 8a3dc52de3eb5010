/** Walks every panel of the explorer: each does its work, and its figures are those that Node computes. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import {
  DecoderModel,
  EncoderDecoderModel,
  EncoderModel,
  fromPretrained,
  type Pretrained,
  tensor,
} from "transformer-blocks";
import { openSource, readCheckpoint } from "transformer-blocks/checkpoint";
import { loadTokenizer } from "transformer-blocks/tokenizer";
import { attentionOf, headOf, silencedLogits } from "../../examples/explorer/compute/attention";
import { candidates, probabilities } from "../../examples/explorer/compute/distribution";
import { planeOf, vocabularyOf } from "../../examples/explorer/compute/embeddings";
import { lensOf } from "../../examples/explorer/compute/lens";
import { fillings, moods, wordsOf } from "../../examples/explorer/compute/masking";
import { sample } from "../../examples/explorer/compute/sampling";
import { readText } from "../../examples/explorer/compute/tokens";
import { translated } from "../../examples/explorer/compute/translation";
import { answerTo, QUESTIONS } from "../../examples/explorer/compute/words";
import { expectClose, models, said, scrollTo, shownValues, valuesOf } from "./tools";

const plain = { temperature: 1, topK: 0, topP: 1 };

/** What Node makes of the text in the page. */
async function inNode(text: string) {
  const story = await fromPretrained(`${models}/story`, { model: DecoderModel });
  const reading = readText(story, text);
  if (typeof reading === "string") throw new Error(reading);
  return { story, ids: reading.ids, ...attentionOf(story.model, reading.ids) };
}

/** Steps 1 to 5, on one text. */
export async function walkStory(tab: Page): Promise<void> {
  const { story, ids, layers, logits } = await inNode(await tab.locator("#text").inputValue());
  expectClose(await shownValues(tab, "#tokens td[data-value]:nth-child(2)"), ids, "ids of tokens");
  await scrollTo(tab, "embeddings");
  const points = planeOf(vocabularyOf(story.model), ids, 4);
  expectClose(
    await shownValues(tab, "#embeddings td[data-value]"),
    points.flatMap(({ x, y }) => [x, y]),
    "plane",
  );
  await walkAttention(tab, story, { ids, layers, logits });
  await scrollTo(tab, "lens");
  const lens = lensOf(story.model, ids).reverse().flat();
  expectClose(
    await shownValues(tab, "#lens td"),
    lens.map(({ share }) => share),
    "logit lens",
  );
  await walkDistribution(tab, logits);
  await walkSampling(tab, story, ids);
}

async function walkAttention(
  tab: Page,
  { model }: Pretrained<DecoderModel>,
  { ids, layers, logits }: Pick<Awaited<ReturnType<typeof inNode>>, "ids" | "layers" | "logits">,
): Promise<void> {
  await scrollTo(tab, "attention");
  await tab.getByRole("button", { name: "Show layer 2, head 3" }).click();
  await tab.locator("#attention h3", { hasText: "Layer 2, head 3" }).waitFor();
  expectClose(await valuesOf(tab, "#attention td[data-value]"), [...headOf(layers[1]!, 2)], "weights of a head");
  assert.equal(await tab.locator("#attention .arc-word").count(), ids.length);
  const before = await valuesOf(tab, "#attention .bars li");
  await tab.getByRole("button", { name: "Silence layer 1, head 1" }).click();
  await tab.getByRole("button", { name: "Silence layer 2, head 2" }).click();
  await tab.locator("#attention .summary", { hasText: "2 heads are silent" }).waitFor();
  const silenced = probabilities(silencedLogits(model, ids, new Set(["0.0", "1.1"])));
  const shown = await tab.$$eval("#attention .bars li", (rows) => rows.map((row) => row.getAttribute("data-key")));
  expectClose(
    await valuesOf(tab, "#attention .bars li"),
    shown.map((id) => silenced[Number(id)]!),
    "without two heads",
  );
  assert.notDeepEqual(await valuesOf(tab, "#attention .bars li"), before);
  await tab.getByRole("button", { name: "Let all heads speak" }).click();
  await tab.locator("#attention .summary", { hasText: "With all heads" }).waitFor();
  const whole = probabilities(logits);
  const again = await tab.$$eval("#attention .bars li", (rows) => rows.map((row) => row.getAttribute("data-key")));
  expectClose(
    await valuesOf(tab, "#attention .bars li"),
    again.map((id) => whole[Number(id)]!),
    "with all heads",
  );
}

async function walkDistribution(tab: Page, logits: Float32Array): Promise<void> {
  await scrollTo(tab, "distribution");
  const expectShaping = async (shaping: typeof plain) => {
    const expected = candidates(logits, shaping).slice(0, 12);
    expectClose(
      await shownValues(tab, "#distribution .bars li"),
      expected.map(({ after }) => after),
      JSON.stringify(shaping),
    );
  };
  const move = async (name: string, value: number) => {
    await tab.getByRole("slider", { name }).fill(String(value));
    await tab.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  };
  await shownValues(tab, "#distribution .bars li");
  await expectShaping(plain);
  await move("Temperature", 1.5);
  await expectShaping({ ...plain, temperature: 1.5 });
  await move("Top-k", 3);
  await expectShaping({ ...plain, temperature: 1.5, topK: 3 });
  await move("Top-p", 0.5);
  await expectShaping({ temperature: 1.5, topK: 3, topP: 0.5 });
  await move("Temperature", 0);
  await expectShaping({ temperature: 0, topK: 3, topP: 0.5 });
  for (const [name, value] of [
    ["Temperature", 1],
    ["Top-k", 0],
    ["Top-p", 1],
  ] as const)
    await move(name, value);
  await expectShaping(plain);
}

async function walkSampling(tab: Page, { model, tokenizer }: Pretrained<DecoderModel>, ids: number[]): Promise<void> {
  await scrollTo(tab, "sampling");
  const row = [...ids];
  for (let step = 0; step < 3; step++) {
    await tab.getByRole("button", { name: "Sample one token" }).click();
    const { chosen, point } = sample(model, row, plain, { seed: 1, step });
    row.push(chosen.id);
    const shown = Number(await tab.locator("#sampling .lottery").getAttribute("data-point"));
    expectClose([shown], [point], "the random point");
  }
  assert.equal(await tab.locator("#sampling .written").textContent(), tokenizer.decode(row));
  await tab.getByRole("button", { name: "Play" }).click();
  await tab.waitForFunction(() => document.querySelectorAll("#sampling .piece").length > 6);
  await tab.getByRole("button", { name: "Pause" }).click();
  await tab.getByRole("button", { name: "Start again" }).click();
  assert.equal(await tab.locator("#sampling .piece").count(), 0);
}

/** Steps 2b and 6, on models of their own. */
export async function walkOthers(tab: Page): Promise<void> {
  await scrollTo(tab, "analogy");
  const table = (await readCheckpoint(await openSource(`${models}/words`))).get("embedding.weight")!;
  const words = { tokenizer: await loadTokenizer(`${models}/words`), vectors: tensor(table.toFloat32(), table.shape) };
  for (const question of QUESTIONS) {
    await tab.getByRole("button", { name: `${question[0]} − ${question[1]} + ${question[2]}` }).click();
    const { answers } = answerTo(words, question);
    await tab.locator("#analogy output", { hasText: answers[0]!.word }).waitFor();
    expectClose(
      await valuesOf(tab, "#analogy .bars li"),
      answers.map(({ similarity }) => similarity),
      question.join(),
    );
  }
  await scrollTo(tab, "masked");
  const fill = await fromPretrained(`${models}/fill`, { model: EncoderModel });
  const sentence = await tab.locator("#masked-text").inputValue();
  const word = wordsOf(sentence)[1]!;
  await shownValues(tab, "#masked .bars li");
  await tab.getByRole("button", { name: `Hide “${word.text}”` }).click();
  const found = await fillings(fill, sentence, word);
  await tab.locator(`#masked .bars li[data-key="${found[0]!.id}"]:first-child`).waitFor();
  const expected = found.map(({ score }) => score);
  expectClose(
    await valuesOf(tab, "#masked .bars li"),
    [...expected, ...(await moodsInNode(fill, sentence))],
    "fillings",
  );
  await walkTranslation(tab);
}

/** Of the other head, if the model has it. */
async function moodsInNode({ config }: Pretrained<EncoderModel>, text: string): Promise<number[]> {
  if (config.id2label === undefined) return [];
  const model = await fromPretrained(`${models}/fill`, { model: EncoderModel, head: "sequenceClass" });
  return (await moods(model, text)).map(({ score }) => score);
}

async function walkTranslation(tab: Page): Promise<void> {
  await scrollTo(tab, "translation");
  const translator = await fromPretrained(`${models}/translate`, { model: EncoderDecoderModel });
  const texts = [await tab.locator("#translation-text").inputValue(), "The girl thanks the old bear."];
  for (const text of texts) {
    await tab.locator("#translation-text").fill(text);
    const expected = await translated(translator, text);
    await tab.locator("#translation output", { hasText: expected.text }).waitFor();
    expectClose(
      await valuesOf(tab, "#translation dd"),
      [1, expected.decoderSteps],
      "runs of the encoder and the decoder",
    );
    assert.equal(
      await tab.locator("#translation .matrix .cell").count(),
      expected.source.length * expected.target.length,
    );
  }
  await tab.locator("#cross-head").selectOption("1.2");
  await tab.locator("#translation .said", { hasText: "of its attention to" }).waitFor();
}

/** Step 7. @returns the longest time in milliseconds in which the page could not draw */
export async function walkTraining(tab: Page): Promise<number> {
  await scrollTo(tab, "training");
  await tab.evaluate(() => {
    let last = performance.now();
    const frame = (now: number) => {
      const longest = Number(document.body.dataset.longest ?? 0);
      document.body.dataset.longest = String(Math.max(longest, now - last));
      last = now;
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
  await tab.getByRole("button", { name: "Train", exact: true }).click();
  await tab.getByRole("button", { name: "Train again" }).waitFor({ timeout: 120_000 });
  assert.match(await said(tab, "#training .summary"), /^Step 300 of 300: loss 0\.[0-3]/);
  assert.match(await said(tab, "#training .recital"), /^one little (bird|fish)/);
  return Number(await tab.evaluate(() => document.body.dataset.longest));
}
