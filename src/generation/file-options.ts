import { FormatError } from "../errors";
import { generationSettingsOf } from "../models/internal";
import type { GenerateOptions } from "./options";

/** Defaults from a model's files. */
export interface FileOptions {
  /** Whether the model samples by default. */
  samples: boolean;
  /** The largest length of a row, prompt included, and the smallest at which it may end. */
  maxLength: number | undefined;
  minLength: number | undefined;
  options: GenerateOptions;
  /** The file of the options, for errors. */
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
/** undefined for the value that disables the option. */
const unless =
  (off: (value: number) => boolean, read: Read): Read =>
  (value) =>
    typeof value === "number" && off(value) ? undefined : read(value);
/** A token, or a list of one token as in older files. */
const one: Read = (value) => whole(Array.isArray(value) && value.length === 1 ? value[0] : value);

/** The supported fields, with their option names and readers. null counts as omitted. */
const offered: Readonly<Record<string, readonly [name: keyof GenerateOptions, read: Read]>> = {
  max_new_tokens: ["maxNewTokens", whole],
  min_new_tokens: ["minNewTokens", whole],
  repetition_penalty: ["repetitionPenalty", positive],
  no_repeat_ngram_size: ["noRepeatNgram", whole],
  encoder_no_repeat_ngram_size: ["encoderNoRepeatNgram", whole],
  bad_words_ids: ["badWords", rows],
  suppress_tokens: ["suppressTokens", ids],
  begin_suppress_tokens: ["beginSuppressTokens", ids],
  forced_bos_token_id: ["forcedStartToken", one],
  forced_eos_token_id: ["forcedEndToken", one],
};

/** Fields that apply only when sampling. */
const ofSampling: typeof offered = {
  temperature: ["temperature", number],
  top_k: ["topK", unless((k) => k === 0, whole)],
  top_p: ["topP", unless((p) => p >= 1, positive)],
  min_p: ["minP", unless((p) => p === 0, number)],
  typical_p: ["typicalP", unless((p) => p >= 1, positive)],
  epsilon_cutoff: ["epsilonCutoff", unless((p) => p === 0, number)],
  eta_cutoff: ["etaCutoff", unless((p) => p === 0, number)],
};

/** Fields that change the text but are not supported, with the values that have no effect. */
const refused: Readonly<Record<string, readonly unknown[]>> = {
  num_beams: [1],
  num_beam_groups: [1],
  num_return_sequences: [1],
  diversity_penalty: [0],
  penalty_alpha: [0],
  guidance_scale: [1],
  encoder_repetition_penalty: [1],
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

/** All fields that affect the text. The others affect only how it is computed or what is returned with it. */
const fieldNames: readonly string[] = [
  ...Object.keys({ ...offered, ...ofSampling, ...refused }),
  ...["do_sample", "max_length", "min_length"],
];

/**
 * The settings in a model's files, as options.
 *
 * @param without fields to ignore
 * @throws RangeError if `without` names another field
 * @throws FormatError for an invalid value; Error for an unsupported field that would change the text
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
  // The default of transformers.
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
    expected: "a valid value of this option",
  });

function expectHarmless(where: string, file: string, name: string, value: unknown, harmless: readonly unknown[]): void {
  if (value === undefined || harmless.includes(value)) return;
  const asked = JSON.stringify(value).slice(0, 80);
  throw new Error(
    `${where}: ${file} sets ${name} to ${asked}, which is not supported; pass without: ["${name}"] to ignore it`,
  );
}
