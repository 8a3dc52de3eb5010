import { describe, expect, it } from "vitest";
import { fromPretrained } from "../../src/families";
import { inspect, onlyAt, patch } from "../../src/inspect";
import { DecoderModel, EncoderModel } from "../../src/models";
import { multiply, sum, type Tensor } from "../../src/tensor";
import { difference, Expected, fixtures } from "../families/fixture";

const folder = new URL("../fixtures/inspect/", import.meta.url);

describe.each(["bert-masked-lm", "llama", "gpt2"])("what PyTorch's hooks see in %s", async (name) => {
  const { model } = await fromPretrained(new URL(`${name}/`, fixtures));
  if (!(model instanceof DecoderModel || model instanceof EncoderModel)) throw new Error(`${name} reads no text`);
  const expected = new Expected(new URL(`${name}.safetensors`, folder));
  const [ids, others] = [expected.ids("ids"), expected.ids("others")];
  const run = (pass: object) => model.forward(ids, pass);
  const explained = (logits: Tensor) => sum(multiply(logits, expected.tensor("explained")) as Tensor) as Tensor;
  const sites = [...expected.tensors.keys()].flatMap((key) => /^value\.(.*)/.exec(key)?.[1] ?? []);
  const { record, gradients } = inspect(model, run, { sites, gradients: explained });

  it("is of every kind of site, in every layer", () => {
    const kinds = ["input", "query", "key", "value", "weights", "heads", "middle", "hidden", "output", "logits"];
    for (const kind of kinds) expect(sites.some((site) => site.endsWith(`.${kind}`))).toBe(true);
    expect(sites.filter((site) => site.startsWith("blocks.1.")).length).toBe(12);
  });

  it.each(sites)("is the value of %s", (site) => {
    expect(difference(record.get(site)!, expected.tensor(`value.${site}`))).toBeLessThan(1e-5);
  });

  it.each(sites)("is the gradient of %s", (site) => {
    const wanted = expected.tensor(`gradient.${site}`);
    const greatest = Math.max(...wanted.data.map(Math.abs));
    expect(greatest).toBeGreaterThan(1e-3);
    expect(difference(gradients.get(site)!, wanted, greatest)).toBeLessThan(1e-4);
  });

  it("is the same after activation patching: another text's state at some positions", () => {
    const site = "blocks.0.output";
    const other = inspect(model, (pass) => model.forward(others, pass), { sites: [site] }).record;
    const patched = patch(model, run, { [site]: onlyAt({ positions: [1, 3] }, other) });
    expect(difference(patched, expected.tensor("patched.activation"))).toBeLessThan(1e-5);
    expect(difference(run({}), expected.tensor("patched.activation"))).toBeGreaterThan(1e-2);
  });

  const ablated = { "blocks.1.attention.heads": onlyAt({ heads: [1] }, 0) };
  it("is the same without a head, and so is the gradient through it", () => {
    const expectedLogits = expected.tensor("patched.head");
    expect(difference(patch(model, run, ablated), expectedLogits)).toBeLessThan(1e-5);
    expect(difference(run({}), expectedLogits)).toBeGreaterThan(1e-2);
    const through = inspect(model, run, { sites: ["tokens"], patches: ablated, gradients: explained }).gradients;
    const wanted = expected.tensor("ablated.gradient.tokens");
    const greatest = Math.max(...wanted.data.map(Math.abs));
    expect(difference(through.get("tokens")!, wanted, greatest)).toBeLessThan(1e-4);
    expect(difference(gradients.get("tokens")!, wanted, greatest)).toBeGreaterThan(1e-2);
  });

  it("is the same with hidden units doubled in every layer", () => {
    const patched = patch(model, run, { "blocks.*.feedForward.hidden": (x) => multiply(x, 2) as Tensor });
    expect(difference(patched, expected.tensor("patched.hidden"))).toBeLessThan(1e-5);
  });
});
