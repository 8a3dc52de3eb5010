import type { GenerateOptions } from "./options";

/** What a reader gives for a value of the wrong kind. */
export const fails = Symbol("of another kind");

/** Turns the value of a field into that of an option; undefined for the value that disables it. */
export type Read = (value: unknown) => unknown;

const finite: Read = (value) => (typeof value === "number" && Number.isFinite(value) ? value : fails);
const number: Read = (value) => (finite(value) !== fails && Number(value) >= 0 ? value : fails);
const positive: Read = (value) => (number(value) === fails || value === 0 ? fails : value);
export const whole: Read = (value) => (number(value) !== fails && Number.isInteger(value) ? value : fails);
const positiveWhole: Read = (value) => (value === 0 ? fails : whole(value));
const boolean: Read = (value) => (typeof value === "boolean" ? value : fails);
const ids: Read = (value) => (Array.isArray(value) && value.every((id) => whole(id) !== fails) ? value : fails);
const someIds: Read = (value) => (ids(value) === fails || (value as unknown[]).length === 0 ? fails : value);
const rows: Read = (value) => (Array.isArray(value) && value.every((row) => someIds(row) !== fails) ? value : fails);
/** undefined for the values that disable the option. */
const unless =
  (off: (value: number) => boolean, read: Read): Read =>
  (value) =>
    typeof value === "number" && off(value) ? undefined : read(value);
/** A token, or a list of one token as in older files. */
const one: Read = (value) => whole(Array.isArray(value) && value.length === 1 ? value[0] : value);
const oneOrMore: Read = (value) => (Array.isArray(value) && value.length !== 1 ? someIds(value) : one(value));
const upToOne: Read = (value) => (positive(value) !== fails && Number(value) <= 1 ? value : fails);
const share = unless((p) => p >= 1, positive);
const cutoff = unless((p) => p === 0 || p >= 1, number);
const pair =
  (first: Read, second: Read): Read =>
  (value) =>
    Array.isArray(value) && value.length === 2 && first(value[0]) !== fails && second(value[1]) !== fails
      ? value
      : fails;
const biases: Read = (value) =>
  Array.isArray(value) && value.every((entry) => pair(someIds, finite)(entry) !== fails) ? value : fails;
const decay: Read = (value) =>
  pair(whole, positive)(value) === fails ? fails : { start: (value as number[])[0], factor: (value as number[])[1] };

const watermarkFields: Readonly<Record<string, readonly [name: string, read: Read]>> = {
  greenlist_ratio: ["greenShare", (value) => (value === 1 ? fails : upToOne(value))],
  bias: ["bias", finite],
  hashing_key: ["key", whole],
  seeding_scheme: ["seeding", (value) => (value === "lefthash" ? "left" : value === "selfhash" ? "self" : fails)],
  context_width: ["width", positiveWhole],
};
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const watermark: Read = (value) => {
  if (!isRecord(value) || Object.keys(value).some((field) => !Object.hasOwn(watermarkFields, field))) return fails;
  const entries = Object.entries(value)
    .filter(([, inner]) => inner !== null)
    .map(([field, inner]) => [watermarkFields[field]![0], watermarkFields[field]![1](inner)]);
  return entries.some(([, inner]) => inner === fails) ? fails : Object.fromEntries(entries);
};

type Fields = Readonly<Record<string, readonly [name: keyof GenerateOptions, read: Read]>>;

/** The fields that are options, with their readers. null counts as omitted. */
export const offered: Fields = {
  max_new_tokens: ["maxNewTokens", whole],
  max_time: ["maxTime", number],
  min_new_tokens: ["minNewTokens", whole],
  sequence_bias: ["sequenceBias", biases],
  encoder_repetition_penalty: ["encoderRepetitionPenalty", unless((penalty) => penalty === 1, positive)],
  repetition_penalty: ["repetitionPenalty", positive],
  no_repeat_ngram_size: ["noRepeatNgram", whole],
  encoder_no_repeat_ngram_size: ["encoderNoRepeatNgram", whole],
  bad_words_ids: ["badWords", rows],
  forced_bos_token_id: ["forcedStartToken", one],
  forced_eos_token_id: ["forcedEndToken", oneOrMore],
  exponential_decay_length_penalty: ["exponentialDecay", decay],
  suppress_tokens: ["suppressTokens", ids],
  begin_suppress_tokens: ["beginSuppressTokens", ids],
  watermarking_config: ["watermark", watermark],
  renormalize_logits: ["renormalize", boolean],
  guidance_scale: [
    "guidance",
    (value) => (value === 1 ? undefined : finite(value) === fails ? fails : { scale: value }),
  ],
  num_beams: ["beams", unless((beams) => beams === 1, positiveWhole)],
  num_beam_groups: ["beamGroups", unless((groups) => groups === 1, positiveWhole)],
  num_return_sequences: ["sequences", unless((count) => count === 1, positiveWhole)],
  diversity_penalty: ["diversityPenalty", unless((penalty) => penalty === 0, number)],
  penalty_alpha: ["penaltyAlpha", unless((alpha) => alpha === 0, number)],
};

/** Fields that apply only to beams. */
export const ofBeams: Fields = {
  length_penalty: ["lengthPenalty", finite],
  early_stopping: ["earlyStopping", (value) => (value === "never" ? value : boolean(value))],
};

/** Fields that apply only when sampling. */
export const ofSampling: Fields = {
  temperature: ["temperature", number],
  top_h: ["topH", upToOne],
  top_k: ["topK", unless((k) => k === 0, whole)],
  top_p: ["topP", share],
  min_p: ["minP", unless((p) => p === 0, number)],
  typical_p: ["typicalP", share],
  epsilon_cutoff: ["epsilonCutoff", cutoff],
  eta_cutoff: ["etaCutoff", cutoff],
};

const always = () => true;

/** Fields, and kinds of values, that change the text and have no option. */
export const refused: Readonly<Record<string, (value: unknown) => boolean>> = {
  stop_strings: always,
  token_healing: (value) => value !== false,
  dola_layers: always,
  constraints: always,
  force_words_ids: always,
  forced_decoder_ids: always,
  // SynthID, another watermark.
  watermarking_config: (value) => isRecord(value) && ("ngram_len" in value || "keys" in value),
};

/** All fields that affect the text. The others affect only how it is computed or what is returned with it. */
export const fieldNames: readonly string[] = [
  ...Object.keys({ ...offered, ...ofBeams, ...ofSampling, ...refused }),
  ...["do_sample", "max_length", "min_length"],
];
