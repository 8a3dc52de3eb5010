import { describe, expect, it } from "vitest";
import { generate } from "../../src/generation";
import { modelOf, optionsOf, type Run, readRuns } from "./runs";

const runs = readRuns(process.env.RUNS ?? new URL("../fixtures/generation/runs.json", import.meta.url));

const written = async (run: Run, rows: readonly number[]) => {
  const model = await modelOf(run.model, run.fields.decoder_start_token_id);
  const { decoderPrompt, guidance, ...options } = optionsOf(run);
  const chosen = (list: unknown) => rows.map((row) => (list as number[][])[row]!);
  const { sequences } = await generate(model, chosen(run.prompts), {
    ...options,
    ...(decoderPrompt && { decoderPrompt: chosen(decoderPrompt) }),
    ...(guidance && {
      guidance: { ...guidance, ...(run.negative && { negativePrompt: chosen(run.negative) }) },
    }),
  });
  return sequences;
};

describe("rows of different lengths with many options at once are those of transformers", () => {
  it.each(runs.map((run, index) => ({ index, ...run })))("run $index, $model $fields", async (run) => {
    expect(await written(run, [...run.prompts.keys()])).toEqual(run.rows);
    expect((await written(run, [0]))[0]).toEqual(run.rows[0]);
  });
});
