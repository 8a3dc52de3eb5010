import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import {
  attentionOf,
  headName,
  headOf,
  lastRow,
  mostTelling,
  silencedLogits,
} from "../../examples/explorer/compute/attention";
import { candidates, drawn, perplexityOf, probabilities } from "../../examples/explorer/compute/distribution";
import { mostAlike, neighboursOf, planeOf, vocabularyOf } from "../../examples/explorer/compute/embeddings";
import { lensOf } from "../../examples/explorer/compute/lens";
import { fillings, masked, wordsOf } from "../../examples/explorer/compute/masking";
import { openOwn } from "../../examples/explorer/compute/own";
import { principalPlane } from "../../examples/explorer/compute/plane";
import { sample } from "../../examples/explorer/compute/sampling";
import { MOST_TOKENS, type Reading, readText } from "../../examples/explorer/compute/tokens";
import { batchOf, pupilFor, recital, teach } from "../../examples/explorer/compute/training";
import { translated } from "../../examples/explorer/compute/translation";
import { answerTo, type Words } from "../../examples/explorer/compute/words";
import { smoothed, ticks } from "../../examples/explorer/draw/line-chart";
import { sentenceOf } from "../../examples/explorer/state/problems";
import { FormatError, readSafetensors } from "../../src/checkpoint";
import { fromPretrained, type Pretrained } from "../../src/families";
import { generate } from "../../src/generation";
import { DecoderModel, EncoderDecoderModel, EncoderModel, gpt } from "../../src/models";
import { fillMask, translate } from "../../src/tasks";
import { random, tensor } from "../../src/tensor";
import { loadTokenizer } from "../../src/tokenizer";

const modelPath = (name: string) => fileURLToPath(new URL(`../../examples/models/${name}`, import.meta.url));

let story: Pretrained<DecoderModel>;
beforeAll(async () => {
  story = await fromPretrained(modelPath("story"), { model: DecoderModel });
});
const read = (text: string): Reading => {
  const reading = readText(story, text);
  if (typeof reading === "string") throw new Error(reading);
  return reading;
};

describe("the explorer reads any text, or says in a sentence why it does not:", () => {
  it.each(["", " ", "\n\t"])("an empty field (%j)", (text) => {
    expect(readText(story, text)).toMatch(/^The field is empty\. .*example/);
  });

  it("tokens are the pieces of the text, with their offsets", () => {
    const { tokens, text } = read("Once upon a time");
    expect(tokens.map(({ start, end }) => text.slice(start, end)).join("")).toBe(text);
    expect(tokens.map(({ label }) => label).join("")).toBe("Once␣upon␣a␣time");
  });

  it("a text of 100,000 characters, of which it reads the end, and says so", () => {
    for (const text of ["once upon a time ".repeat(6000), "a".repeat(100_000), "👨‍👩‍👧‍👦".repeat(10_000)]) {
      const { tokens, notice } = read(text);
      expect(tokens).toHaveLength(MOST_TOKENS);
      expect(notice).toMatch(/^The text has 1\d\d,\d{3} characters\. .*reads its last 64 tokens/);
    }
  });

  it("an emoji family, as the bytes of its characters", () => {
    const { tokens } = read("👨‍👩‍👧‍👦");
    const bytes = tokens.flatMap(({ label }) => label.split(" ").map((byte) => Number.parseInt(byte, 16)));
    expect(new TextDecoder().decode(Uint8Array.from(bytes))).toBe("👨‍👩‍👧‍👦");
  });

  it("words that the model's vocabulary has no piece of", () => {
    expect(read("Once upon a time there was a xyzzy and a 👨‍👩‍👧‍👦.").spelled).toEqual([
      "xyzzy",
      expect.stringContaining("👨‍👩‍👧‍👦"),
    ]);
    expect(read("Once upon a time a girl named Mia lived by the sea.").spelled).toEqual([]);
  });

  it("any characters at all", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", minLength: 1, maxLength: 300 }), (text) => {
        const reading = readText(story, text);
        if (typeof reading === "string") return expect(reading).toMatch(/\.$|example/);
        expect(reading.tokens.length).toBeLessThanOrEqual(MOST_TOKENS);
        for (const { label } of reading.tokens) expect(label).not.toBe("");
      }),
      { numRuns: 50 },
    );
  });
});

describe("attention of each head", () => {
  const model = gpt({ vocabSize: 11, contextLength: 8, dModel: 12, heads: 3, layers: 2 }, { seed: 3 });
  const ids = [1, 5, 2, 9, 4];

  it("has rows that sum to 1 and do not look ahead", () => {
    const { layers, logits } = attentionOf(model, ids);
    expect(layers.map(({ layer, heads }) => [layer, heads])).toEqual([
      [0, 3],
      [1, 3],
    ]);
    const whole = lastRow(model.forward([ids]));
    logits.forEach((value, i) => {
      expect(value).toBeCloseTo(whole[i]!, 5);
    });
    for (const layer of layers)
      for (let head = 0; head < 3; head++)
        ids.forEach((_, row) => {
          const weights = headOf(layer, head).subarray(row * ids.length, (row + 1) * ids.length);
          expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 5);
          expect(Math.max(0, ...weights.subarray(row + 1))).toBe(0);
        });
    expect(() => headOf(layers[0]!, 3)).toThrow(RangeError);
    expect(mostTelling(layers)).toEqual({ layer: expect.any(Number), head: expect.any(Number) });
  });

  it("that is silenced is as if its part of the output projection were 0", () => {
    const silenced = new Set([headName(0, 1), headName(1, 0), headName(1, 2)]);
    const found = silencedLogits(model, ids, silenced);
    const cut = gpt({ vocabSize: 11, contextLength: 8, dModel: 12, heads: 3, layers: 2 }, { seed: 3 });
    for (const name of silenced) {
      const [layer, head] = name.split(".").map(Number) as [number, number];
      const weight = cut.parameters().get(`blocks.${layer}.attention.output.weight`)!;
      // [out, in], the inputs head by head.
      const values = weight.data.map((value, i) => (Math.floor((i % 12) / 4) === head ? 0 : value));
      weight.assign(values);
    }
    const expected = lastRow(cut.forward([ids]));
    found.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i]!, 5);
    });
    expect(silencedLogits(model, ids, new Set())).toEqual(lastRow(model.forward([ids])));
  });

  it("and of the logit lens: the last layer says what the model says", () => {
    const layers = lensOf(model, ids);
    const { data } = model.forward([ids]);
    ids.forEach((_, position) => {
      const shares = probabilities(data.subarray(position * 11, (position + 1) * 11));
      const { id, share } = layers.at(-1)![position]!;
      expect(share).toBeCloseTo(Math.max(...shares), 6);
      expect(shares[id]).toBeCloseTo(share, 12);
    });
  });
});

describe("the distribution", () => {
  const logits = Float32Array.of(2, 0.5, -1, 1, 0);

  it("is softmax(logits / temperature), over the best k, over the best p", () => {
    const softmax = (values: number[]) => {
      const powers = values.map(Math.exp);
      const sum = powers.reduce((a, b) => a + b, 0);
      return powers.map((power) => power / sum);
    };
    const expectAfter = (shaping: Parameters<typeof candidates>[1], expected: number[]) => {
      const all = candidates(logits, shaping);
      expect(all.map(({ id }) => id)).toEqual([0, 3, 1, 4, 2]);
      expected.forEach((share, id) => {
        expect(all.find((candidate) => candidate.id === id)!.after).toBeCloseTo(share, 6);
      });
    };
    expectAfter({ temperature: 0.5, topK: 0, topP: 1 }, softmax([4, 1, -2, 2, 0]));
    expectAfter({ temperature: 1, topK: 2, topP: 1 }, softmax([2, -Infinity, -Infinity, 1, -Infinity]));
    // 0.563 + 0.207 + 0.126 ≥ 0.8
    expectAfter({ temperature: 1, topK: 0, topP: 0.8 }, softmax([2, 0.5, -Infinity, 1, -Infinity]));
    expectAfter({ temperature: 0, topK: 0, topP: 1 }, [1, 0, 0, 0, 0]);
  });

  it("is drawn from by a point between 0 and 1", () => {
    const all = candidates(logits, { temperature: 1, topK: 0, topP: 1 });
    const counts = new Map<number, number>();
    const source = random(5);
    for (let i = 0; i < 4000; i++) {
      const { id } = drawn(all, source.next());
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    for (const { id, after } of all) expect(counts.get(id)! / 4000).toBeCloseTo(after, 1);
    expect(drawn(all, 0).id).toBe(0);
    expect(drawn(all, 0.9999999999999999).id).toBe(2);
    expect(perplexityOf([0.25, 0.25, 0.25, 0.25])).toBeCloseTo(4, 12);
  });

  it("at temperature 0 gives the text of generate, token by token", async () => {
    const { ids } = read("Once upon a time");
    const { sequences } = await generate(story.model, [ids], { maxNewTokens: 6, temperature: 0 });
    const row = [...ids];
    for (let step = 0; step < 6; step++)
      row.push(sample(story.model, row, { temperature: 0, topK: 0, topP: 1 }, { seed: 1, step }).chosen.id);
    expect(row).toEqual(sequences[0]);
  });
});

describe("vectors in a plane", () => {
  it("keep their distances if they lie in one", () => {
    const flat = [
      [0, 0],
      [3, 1],
      [-2, 4],
      [1, -5],
      [4, 4],
    ] as const;
    const [u, v] = [[1, 2, 2].map((x) => x / 3), [2, 1, -2].map((x) => x / 3)];
    const points = principalPlane(flat.map(([a, b]) => u!.map((x, i) => a * x + b * v![i]! + 7)));
    for (const i of flat.keys())
      for (const j of flat.keys())
        expect(Math.hypot(points[i]!.x - points[j]!.x, points[i]!.y - points[j]!.y)).toBeCloseTo(
          Math.hypot(flat[i]![0] - flat[j]![0], flat[i]![1] - flat[j]![1]),
          6,
        );
  });

  it("show tokens with their real neighbours, and none for tokens that training has not told apart", () => {
    const table = vocabularyOf(story.model);
    const { ids } = read("Once upon a time a brave girl");
    const best = mostAlike(table, ids)!;
    const near = neighboursOf(table, best, 4);
    expect(near === "untrained" ? [] : near.map(({ similarity }) => similarity)[0]).toBeGreaterThan(0.5);
    const points = planeOf(table, ids, 4);
    expect(points.filter(({ isOwn }) => isOwn).map(({ id }) => id)).toEqual([...new Set(ids)]);
    expect(points.every(({ x, y }) => Number.isFinite(x) && Number.isFinite(y))).toBe(true);
    const same = { rows: 200, size: 2, data: new Float32Array(400).fill(1) };
    expect(neighboursOf(same, 5, 4)).toBe("untrained");
  });
});

describe("an analogy", () => {
  let words: Words;
  beforeAll(async () => {
    const weight = readSafetensors(await readFile(`${modelPath("words")}/model.safetensors`)).tensors.get(
      "embedding.weight",
    )!;
    words = { tokenizer: await loadTokenizer(modelPath("words")), vectors: tensor(weight.toFloat32(), weight.shape) };
  });

  it("is answered by the word nearest to a − b + c, and drawn as a parallelogram", () => {
    const { answers, places, goal } = answerTo(words, ["king", "man", "woman"]);
    expect(answers[0]!.word).toBe("queen");
    const [a, b, c] = places;
    expect(places.map(({ word }) => word).slice(0, 4)).toEqual(["king", "man", "woman", "queen"]);
    expect(goal.x - c!.x).toBeCloseTo(a!.x - b!.x, 9);
    expect(goal.y - c!.y).toBeCloseTo(a!.y - b!.y, 9);
  });

  it.each([
    ["an unknown word", ["king", "man", "xyzzy"]],
    ["two words", ["king", "man", "old woman"]],
    ["an emoji family", ["👨‍👩‍👧‍👦", "man", "woman"]],
  ] as const)("with %s is refused in a sentence that names it", (_, question) => {
    expect(() => answerTo(words, question)).toThrow(RangeError);
  });
});

describe("an encoder and a decoder", () => {
  it("fill any chosen word", async () => {
    const fill = await fromPretrained(modelPath("fill"), { model: EncoderModel });
    const text = "The boat sailed on the sea.";
    const word = wordsOf(text).at(-1)!;
    expect(masked(fill, text, word)).toBe("The boat sailed on the [MASK].");
    expect(await fillings(fill, text, word)).toEqual(
      await fillMask(fill, "The boat sailed on the [MASK].", { top: 6 }),
    );
    expect(wordsOf("👨‍👩‍👧‍👦 …")).toEqual([]);
  });

  it("translate with one run of the encoder, and with attention of every target token to the source", async () => {
    const translator = await fromPretrained(modelPath("translate"), { model: EncoderDecoderModel });
    const text = "The girl thanks the old bear.";
    const found = await translated(translator, text);
    expect(found.text).toBe(await translate(translator, text));
    expect(found).toMatchObject({ encoderRuns: 1, decoderSteps: found.target.length });
    for (const { weights, heads, queries, keys } of found.layers) {
      expect([queries, keys]).toEqual([found.target.length, found.source.length]);
      for (let row = 0; row < heads * queries; row++)
        expect(weights.subarray(row * keys, (row + 1) * keys).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
    }
    expect(Object.hasOwn(translator.model, "encode")).toBe(false);
  });
});

describe("live training", () => {
  const rhyme = "one little bird sat in a tree, two little birds sang to me. ".repeat(3);

  it("learns, and recites", async () => {
    const pupil = pupilFor(rhyme);
    if (typeof pupil === "string") throw new Error(pupil);
    const losses: number[] = [];
    const { signal } = new AbortController();
    await teach(pupil, { steps: 30, signal, onLoss: (loss) => void losses.push(loss) });
    expect(losses[0]).toBeCloseTo(Math.log(pupil.tokenizer.vocabSize), 0);
    expect(losses.at(-1)).toBeLessThan(0.75 * losses[0]!);
    expect((await recital(pupil, 40)).startsWith(rhyme.slice(0, 4))).toBe(true);
  });

  it("takes every batch from the text", () => {
    const pupil = pupilFor(rhyme);
    if (typeof pupil === "string") throw new Error(pupil);
    const { ids, targets } = batchOf(pupil, 17);
    expect(ids.map((row) => row.slice(1))).toEqual(targets.map((row) => row.slice(0, -1)));
    for (const row of ids) expect(rhyme).toContain(pupil.tokenizer.decode(row));
  });

  it.each(["", "short", "👨‍👩‍👧‍👦"])("says that %j is too short", (text) => {
    expect(pupilFor(text)).toMatch(/at least \d+ characters/);
  });

  it("is drawn on round numbers", () => {
    expect(ticks(4, 4)).toEqual([0, 1, 2, 3, 4]);
    expect(ticks(300, 5)).toEqual([0, 100, 200, 300]);
    expect(smoothed([0, 3, 6], 1)).toEqual([1.5, 3, 4.5]);
  });
});

describe("a visitor's own folder", () => {
  const file = (name: string, size = 1) => {
    const made = new File([new Uint8Array(0)], name.split("/").at(-1)!);
    Object.defineProperties(made, { webkitRelativePath: { value: name }, size: { value: size } });
    return made;
  };

  it("without weights, or too large for the device, is refused in a sentence", async () => {
    expect(await openOwn({ files: [file("my/config.json")] }, undefined)).toMatch(/no \.safetensors file\. Choose/);
    const large = [file("my/model.safetensors", 4 * 2 ** 30)];
    expect(await openOwn({ files: large }, 4)).toMatch(/4\.0 GiB, which is too much for the 4 GiB/);
    await expect(openOwn({ files: [file("my/model.safetensors")] }, 4)).rejects.toThrow(FormatError);
  });
});

describe("errors become sentences that help", () => {
  const told: [string, unknown, RegExp][] = [
    ["no network", new TypeError("fetching https://a/b: Failed to fetch"), /https:\/\/a\/b could not be fetched.*CORS/],
    ["no memory", new RangeError("Array buffer allocation failed"), /not enough memory.*smaller model/],
    [
      "a broken file",
      new FormatError({ file: "config.json", found: "no file", expected: "one" }),
      /config\.json: found no file/i,
    ],
    [
      "a wrong argument",
      new RangeError('analogy: "xyz" is not in the vocabulary'),
      /^"xyz" is not in the vocabulary\.$/,
    ],
    [
      "an engine's own message",
      new TypeError("Cannot read properties of undefined (reading 'x')"),
      /^Something went wrong/,
    ],
    ["what is no error", undefined, /^Something went wrong/],
  ];
  it.each(told)("%s", (_, error, sentence) => {
    expect(sentenceOf(error, true)).toMatch(sentence);
  });
  it("offline", () => {
    expect(sentenceOf(new DOMException("fetching https://a/b: x", "NetworkError"), false)).toMatch(/you are offline/);
  });
});
