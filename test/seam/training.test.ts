import { describe, expect, it } from "vitest";
import { crossEntropy, gpt, multiply, quantize, sqrt, sum, type Tensor, tensor, valueAndGradients } from "../../src";
import { adamW, type StepReport, type TrainOptions, train, warmupCosine } from "../../src/training";
import { bytesOf, expectSame, onDevice } from "./same";

const sizes = { vocabSize: 9, contextLength: 8, dModel: 32, heads: 2, layers: 1, dropout: 0.1 };
type Batch = number[][];
const batches: Batch[] = [[[1, 2, 3, 4]], [[5, 6, 7, 8]], [[2, 4, 6, 8]], [[1, 3, 5, -100]]];
const steps = 4;

const model = () => gpt(sizes, { seed: 1 });
const lossOf = (of: ReturnType<typeof model>): TrainOptions<Batch>["loss"] => {
  return (batch, { rng }) =>
    crossEntropy(
      of.forward(
        batch.map((row) => row.map((id) => Math.max(id, 0))),
        { rng },
      ),
      batch,
    );
};

/** A training's reports and the model's values after it. */
async function trained(options: Partial<TrainOptions<Batch>> = {}, of = model()) {
  const reports: Omit<StepReport, "state">[] = [];
  const states: Uint8Array[] = [];
  await train(of, {
    ...{ loss: lossOf(of), batches, steps, optimizer: adamW(of, { learningRate: 0.01 }), seed: 1 },
    onStep: async ({ state, ...report }) => {
      reports.push(report);
      states.push(await state.read());
    },
    ...options,
  });
  return { reports, of, states };
}

describe("training takes the same steps on a device", () => {
  it.each<[string, Partial<TrainOptions<Batch>>]>([
    ["plain", {}],
    ["clipped, with a schedule", { clip: 0.5, schedule: warmupCosine({ warmup: 1, steps }) }],
    ["accumulated", { accumulate: 2, steps: 2 }],
  ])("%s", (_, options) => expectSame(() => trained(options)));

  it("accumulated, with a loss of weighted means", async () => {
    await expectSame(() => {
      const of = model();
      const weight = tensor([1, 2, 0.5, 1, 1, 3, 1, 1, 1]);
      const loss = (batch: Batch) =>
        multiply(
          crossEntropy(of.forward(batch.map((row) => row.map(Math.abs).map((id) => id % 9))), batch, { weight }),
          2,
        );
      return trained({ loss, accumulate: 2, steps: 2 }, of);
    });
  });

  it("resumed from the state of a step, as if it had not stopped", async () => {
    await expectSame(async () => {
      const { states, of } = await trained();
      return [of, await trained({ resume: states[1]! })];
    });
  });

  it("of what is not frozen, beside quantized weights", async () => {
    await expectSame(async () => {
      const of = quantize(model(), "q4");
      const quantized = [...of.parameters()].flatMap(([path, parameter]) => (parameter.quantized ? [path] : []));
      const optimizer = adamW(of, { learningRate: 0.1, freeze: quantized });
      const { states } = await trained({ optimizer }, of);
      return trained({ optimizer, resume: states[1]! }, of);
    });
  });
});

describe("a training state on a device", () => {
  it("is that of the call, however late it is awaited", async () => {
    await onDevice(async () => {
      const late: Promise<Uint8Array>[] = [];
      const { states } = await trained();
      await trained({ onStep: ({ state }) => void late.push(state.read()) });
      expect((await Promise.all(late)).map(bytesOf)).toEqual(states.map(bytesOf));
    });
  });

  it("is refused unless it is awaited, and says so", async () => {
    await onDevice(async () => {
      await trained({
        onStep: ({ state }) => expect(() => state()).toThrow(/on opaque.*await/),
      });
    });
  });
});

describe("an optimizer on a device", () => {
  const stepped = () => {
    const of = model();
    const optimizer = adamW(of, { learningRate: 0.1 });
    const loss = () => crossEntropy(of.forward([[1, 2, 3]]), [[2, 3, 4]]);
    optimizer.step(valueAndGradients(of, loss).gradients);
    return { of, optimizer, loss };
  };

  it("goes on from a copy of its state", async () => {
    await expectSame(() => {
      const { of, optimizer, loss } = stepped();
      const other = adamW(of, { learningRate: 0.1 });
      other.load(optimizer.state());
      other.step(valueAndGradients(of, loss).gradients);
      return [of, other.state()];
    });
  });

  it("is not stepped by a loss or by gradients that are not finite", async () => {
    await onDevice(async () => {
      const of = model();
      const { weight } = of.embedding;
      const before = await weight.read();
      const ofWeight = (f: (x: Tensor) => Tensor) => trained({ loss: () => sum(f(weight)) }, of);
      await expect(ofWeight((x) => multiply(x, Number.NaN))).rejects.toThrow(/the loss is NaN at step 0/);
      // The slope of √x at 0 is infinite.
      await expect(ofWeight((x) => sqrt(multiply(x, 0)))).rejects.toThrow(/gradient of "embedding.weight" holds NaN/);
      expect(await weight.read()).toEqual(before);
    });
  });
});
