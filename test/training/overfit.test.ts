import { bert, crossEntropy, encoderDecoder, gpt, type Module, type Random, type Tensor } from "transformer-blocks";
import { adamW, train, warmupCosine } from "transformer-blocks/training";
import { describe, expect, it } from "vitest";

const config = { vocabSize: 12, contextLength: 8, dModel: 16, heads: 2, layers: 2, dFeedForward: 32 };
const texts = [
  [1, 4, 2, 8, 5, 7],
  [3, 1, 4, 1, 5, 9],
];

/** The loss that one batch comes to when a model sees it again and again. */
async function overfit(model: Module, loss: (pass: { rng: Random }) => Tensor): Promise<number> {
  const steps = 120;
  const losses: number[] = [];
  await train(model, {
    loss: (_, pass) => loss(pass),
    batches: (index) => index,
    steps,
    optimizer: adamW(model, { learningRate: 0.02, weightDecay: 0 }),
    schedule: warmupCosine({ warmup: 10, steps, minimum: 0.1 }),
    clip: 1,
    onStep: (report) => void losses.push(report.loss),
  });
  expect(losses[0]).toBeGreaterThan(1.5);
  return losses.at(-1)!;
}

describe("one batch is learned by heart", () => {
  it("by a gpt, which then says it", async () => {
    const model = gpt(config, { seed: 1 });
    const [inputs, targets] = [texts.map((row) => row.slice(0, -1)), texts.map((row) => row.slice(1))];
    expect(await overfit(model, (pass) => crossEntropy(model.forward(inputs, pass), targets))).toBeLessThan(0.05);
    const logits = model.forward(inputs).data;
    const said = targets.flat().map((_, i) => {
      const row = logits.subarray(i * 12, i * 12 + 12);
      return row.indexOf(Math.max(...row));
    });
    expect(said).toEqual(targets.flat());
  });

  it("by a bert, hidden words from their neighbours", async () => {
    const model = bert({ ...config, head: { kind: "maskedLanguageModel" } }, { seed: 1 });
    const [hidden, ignored] = [11, -100];
    const chosen = (column: number) => column === 2 || column === 4;
    const inputs = texts.map((row) => row.map((id, column) => (chosen(column) ? hidden : id)));
    const targets = texts.map((row) => row.map((id, column) => (chosen(column) ? id : ignored)));
    expect(await overfit(model, (pass) => crossEntropy(model.forward(inputs, pass), targets))).toBeLessThan(0.05);
  });

  it("by an encoderDecoder, which turns a text around", async () => {
    const model = encoderDecoder(config, { seed: 1 });
    const targets = texts.map((row) => row.toReversed());
    const inputs = targets.map((row) => [0, ...row.slice(0, -1)]);
    expect(await overfit(model, (pass) => crossEntropy(model.forward(texts, inputs, pass), targets))).toBeLessThan(
      0.05,
    );
  });
});
