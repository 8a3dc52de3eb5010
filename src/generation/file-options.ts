import { FormatError } from "../errors";
import { generationSettingsOf } from "../models/internal";
import type { GenerateOptions } from "./options";

/** Defaults that a model's files give. */
export interface FileOptions {
  /** Whether the model samples unless the caller says otherwise. */
  samples: boolean;
  /** The most tokens of a row with its prompt, and the least before it may end. */
  maxLength: number | undefined;
  minLength: number | undefined;
  options: GenerateOptions;
  /** Where the options come from, for errors. */
  file: string;
}

type Read = (value: unknown) => unknown;

const fails = Symbol("of another kind");

const number: Read = (value) => (typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : fails);
const positive: Read = (value) => (number(value) === fails || value === 0 ? fails : value);
const whole: Read = (value) => (number(value) !== fails && Number.isInteger(value) ? value : fails);
const ids: Read = (value) => (Array.isArray(value) && value.every((id) => whole(id) !== fails) ? value : fails);
const rows: Read = (value) =>
  Array.isArray(value) && value.every((row) => ids(row) !== fails && row.length > 0) ? value : fails;
/** Nothing where the value switches the option off. */
const unless =
  (off: (value: number) => boolean, read: Read): Read =>
  (value) =>
    typeof value === "number" && off(value) ? undefined : read(value);
/** The only token of a list, as older files have it. */
const one: Read = (value) => whole(Array.isArray(value) && value.length === 1 ? value[0] : value);

/** Fields that are options here, with how their values are read. null counts as absent. */
const offered: Readonly<Record<string, readonly [name: keyof GenerateOptions, read: Read]>> = {
  max_new_tokens: ["maxNewTokens", whole],
  min_new_tokens: ["minNewTokens", whole],
  repetition_penalty: ["repetitionPenalty", positive],
  no_repeat_ngram_size: ["noRepeatNgram", whole],
  bad_words_ids: ["badWords", rows],
  suppress_tokens: ["suppressTokens", ids],
  begin_suppress_tokens: ["beginSuppressTokens", ids],
  forced_bos_token_id: ["forcedStartToken", one],
  forced_eos_token_id: ["forcedEndToken", one],
};

/** Those that count only where the model samples. */
const ofSampling: typeof offered = {
  temperature: ["temperature", number],
  top_k: ["topK", unless((k) => k === 0, whole)],
  top_p: ["topP", unless((p) => p >= 1, positive)],
  min_p: ["minP", unless((p) => p === 0, number)],
  typical_p: ["typicalP", unless((p) => p >= 1, positive)],
  epsilon_cutoff: ["epsilonCutoff", unless((p) => p === 0, number)],
  eta_cutoff: ["etaCutoff", unless((p) => p === 0, number)],
};

/** Fields that change the text and are not offered, with the values that leave it as it is. */
const refused: Readonly<Record<string, readonly unknown[]>> = {
  num_beams: [1],
  num_beam_groups: [1],
  num_return_sequences: [1],
  diversity_penalty: [0],
  penalty_alpha: [0],
  guidance_scale: [1],
  encoder_repetition_penalty: [1],
  encoder_no_repeat_ngram_size: [0],
  top_h: [1],
  max_time: [],
  stop_strings: [],
  token_healing: [false],
  dola_layers: [],
  watermarking_config: [],
  constraints: [],
  force_words_ids: [],
  forced_decoder_ids: [],
  sequence_bias: [],
  exponential_decay_length_penalty: [],
};

/** Every field that says how text is written; the others say how it is computed, or what is given back beside it. */
const fieldNames: readonly string[] = [
  ...Object.keys({ ...offered, ...ofSampling, ...refused }),
  ...["do_sample", "max_length", "min_length"],
];

/**
 * What the files of a model say, as options.
 *
 * @param without fields to go on without
 * @throws RangeError for a field that does not say how text is written
 * @throws FormatError for a value that no generation_config.json can have; Error for a field that would change the text
 * and is not offered
 */
export function fileOptions(where: string, model: object, without: readonly string[] = []): FileOptions {
  const unknown = without.find((name) => !fieldNames.includes(name));
  if (unknown !== undefined)
    throw new RangeError(`${where}: without names "${unknown}"; the fields are ${fieldNames.join(", ")}`);
  const settings = generationSettingsOf(model);
  const { file = "", fields: written = {} } = settings ?? {};
  const fields = { ...written };
  const get = (name: string): unknown => (without.includes(name) ? undefined : (fields[name] ?? undefined));
  for (const [name, harmless] of Object.entries(refused)) expectHarmless(where, file, name, get(name), harmless);
  const samples = get("do_sample") ?? false;
  if (typeof samples !== "boolean") throw wrong(file, "do_sample", samples);
  const read = (names: typeof offered) =>
    Object.entries(names).map(([name, [option, reader]]) => [option, readField(file, name, get(name), reader)]);
  // What transformers samples from, if nothing says otherwise.
  if (samples && !without.includes("top_k")) fields.top_k ??= 50;
  const given = [...read(offered), ...read(samples ? ofSampling : {})].filter(([, value]) => value !== undefined);
  const lengths = { maxLength: lengthOf(get, file, "max_length"), minLength: lengthOf(get, file, "min_length") };
  return { samples, ...lengths, options: Object.fromEntries(given), file };
}

const lengthOf = (get: (name: string) => unknown, file: string, name: string): number | undefined =>
  readField(file, name, get(name), whole) as number | undefined;

function readField(file: string, name: string, value: unknown, read: Read): unknown {
  if (value === undefined) return undefined;
  const found = read(value);
  if (found === fails) throw wrong(file, name, value);
  return found;
}

const wrong = (file: string, name: string, value: unknown): FormatError =>
  new FormatError({
    file,
    at: name,
    found: JSON.stringify(value).slice(0, 80),
    expected: "a value that this option takes",
  });

function expectHarmless(where: string, file: string, name: string, value: unknown, harmless: readonly unknown[]): void {
  if (value === undefined || harmless.includes(value)) return;
  const asked = JSON.stringify(value).slice(0, 80);
  throw new Error(
    `${where}: ${file} asks for ${name} ${asked}, which is not offered; pass without: ["${name}"] to go on without it`,
  );
}
