import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, describe, expect, it } from "vitest";
import { loadWordVectors } from "../../examples/show/word-vectors";
import { scripts } from "../../package.json";
import { fromPretrained } from "../../src/families";
import { programs, root } from "../programs";

const trained = Object.keys(scripts).flatMap((name) => /^train:(.*)$/.exec(name)?.[1] ?? []);
const bundled = await programs([
  ...["examples/demo.ts", "examples/retrieval/index.ts"],
  ...trained.map((name) => `examples/train/${name}.ts`),
]);
afterAll(bundled.remove);

const node = (...argv: string[]) => promisify(execFile)(process.execPath, argv, { cwd: root });
const start = (program: string, ...argv: string[]) => node(bundled.at(`examples/${program}.ts`), ...argv);
const run = async (program: string, ...argv: string[]) => (await start(program, ...argv)).stdout;

describe("npm run demo", () => {
  it("shows the six steps for the given text", async () => {
    const { stdout: shown } = await node("--import", "tsx", "examples/demo.ts", "Once upon a time");
    const headings = [...shown.matchAll(/^(\d)\. /gm)].map(([, number]) => number);
    expect(headings).toEqual(["1", "2", "3", "4", "5", "6"]);
    expect(shown).toContain("characters 4 to 9"); // where " upon" stands
    expect(shown).toMatch(/king − man \+ woman +is near queen$/m);
    expect(shown).toMatch(/layer 3 {3}\S/);
    expect(shown).toMatch(/Once upon a time[^\n]{200,}\./); // a story, to its end
    expect(shown).toMatch(/she ate an apple\. {2}→ {2}hungry/);
    expect(shown).toContain("Der alte Bär hat dem Mädchen einen roten Apfel gegeben.");
  });
});

describe("npm run demo says in a sentence, without a stack trace,", () => {
  const failed = async (...argv: string[]) => {
    const { code, stderr, stdout } = await start("demo", ...argv).then(
      ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
      (error: { code: number; stdout: string; stderr: string }) => error,
    );
    expect(stdout + stderr).not.toMatch(/^\s+at /m);
    return { code, said: stdout + stderr };
  };

  it("how it is used, when asked for help", async () => {
    expect(await failed("--help")).toEqual({ code: 0, said: expect.stringContaining("Usage: npm run demo") });
  });

  it("that it does not know an option", async () => {
    expect(await failed("--temperature=2")).toEqual({
      code: 2,
      said: expect.stringMatching(/--temperature[\s\S]*Usage/),
    });
  });

  // test/examples/storyteller.test.ts has more words.
  it("that it does not know a language, and how to begin", async () => {
    const answer = await failed("Es war einmal");
    expect(answer).toEqual({ code: 1, said: expect.stringMatching(/never seen “Es”, “war”, “einmal”/) });
    expect(answer.said).toContain("Once upon a time");
  });

  it("that a text is too long, with the lengths", async () => {
    const said = expect.stringMatching(/The text has \d{4} tokens; the model takes at most \d+/);
    expect(await failed("once upon a time ".repeat(700))).toEqual({ code: 1, said });
  });
});

describe("npm run retrieval", () => {
  it("finds the nearest document and puts it before the question, with its source", async () => {
    const question = "What comes from a bee?";
    const shown = await run("retrieval/index", question);
    const lines = shown.trimEnd().split("\n");
    expect(lines[0]).toBe("[1] The garden, page 3: Honey comes from a bee.");
    expect(lines[1]).toMatch(/^\[2\] .+: /);
    expect(lines[2]).toBe(question);
    expect(lines[3]).toBe("Once upon a time");
    expect(lines[4]!.length).toBeGreaterThan(10);
  });
});

describe("training the demo's models", () => {
  it.each(trained)("npm run train:%s learns, and leaves a directory that loads", async (name) => {
    const folder = await mkdtemp(join(tmpdir(), "transformer-blocks-"));
    try {
      const said = await run(`train/${name}`, "2", folder);
      expect(Number(/loss ([\d.]+);/.exec(said)?.[1])).toBeLessThan(9);
      expect(await readdir(folder)).toContain("loss.svg");
      if (name === "words") {
        const [trained, shipped] = await Promise.all(
          [folder, join(root, "examples/models/words")].map(loadWordVectors),
        );
        expect(trained!.vectors.shape).toEqual(shipped!.vectors.shape);
        expect(trained!.tokenizer.toJson()).toEqual(shipped!.tokenizer.toJson());
        return;
      }
      const trained = await fromPretrained(folder);
      const shipped = await fromPretrained(join(root, "examples/models", name));
      expect([...trained.model.parameters().keys()]).toEqual([...shipped.model.parameters().keys()]);
      expect(trained.tokenizer.toJson()).toEqual(shipped.tokenizer.toJson());
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe("the models that ship", () => {
  it("fill in and translate what the grammar would say", async () => {
    const { fillMask, translate } = await import("../../src/tasks");
    const fill = await fromPretrained(join(root, "examples/models/fill"));
    expect((await fillMask(fill, "The boat sailed on the [MASK]."))[0]?.token).toBe("sea");
    const translator = await fromPretrained(join(root, "examples/models/translate"));
    expect(await translate(translator, "The girl thanks the old bear.")).toBe("Das Mädchen dankt dem alten Bären.");
  });
});
