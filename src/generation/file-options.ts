import { FormatError } from "../errors";
import { generationSettingsOf } from "../models/internal";
import { fails, fieldNames, ofBeams, offered, ofSampling, type Read, refused, whole } from "./file-fields";
import type { GenerateOptions } from "./options";

/** Defaults from a model's files. */
export interface FileOptions {
  /** Whether the model samples by default. */
  samples: boolean;
  /** The largest length of a row, prompt included, and the smallest at which it may end. */
  maxLength: number | undefined;
  minLength: number | undefined;
  options: GenerateOptions;
  /**
   * The options that count only when tokens are sampled, whether the file or the caller asks for that.
   *
   * @throws FormatError for an invalid value
   */
  sampling: () => GenerateOptions;
  /** The file of the options, for errors. */
  file: string;
}

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
  const { file = "", fields = {} } = generationSettingsOf(model) ?? {};
  const get = (name: string): unknown => (without.includes(name) ? undefined : (fields[name] ?? undefined));
  const read = (name: string, reader: Read) => readField(file, name, get(name), reader);
  const readAll = (table: typeof offered): GenerateOptions =>
    Object.fromEntries(
      Object.entries(table)
        .map(([name, [option, reader]]) => [option, read(name, reader)])
        .filter(([, value]) => value !== undefined),
    );
  for (const [name, changesText] of Object.entries(refused))
    if (changesText(get(name))) expectOmitted(where, file, name, get(name));
  const samples = get("do_sample") ?? false;
  if (typeof samples !== "boolean") throw wrong(file, "do_sample", samples);
  const sampling = (): GenerateOptions => {
    const options = readAll(ofSampling);
    // The default of transformers.
    if (samples && !without.includes("top_k") && get("top_k") === undefined) options.topK = 50;
    // A file that does not sample may say so in this way, too.
    if (!samples && options.temperature === 0) delete options.temperature;
    return { ...options, penaltyAlpha: undefined };
  };
  const options = { ...readAll(offered), ...readAll(ofBeams) };
  if (options.penaltyAlpha !== undefined) options.topK = sampling().topK ?? 50;
  // As in transformers, contrastive search is what remains where neither beams nor samples are asked for.
  if (options.beams !== undefined || samples || options.topK === 1) delete options.penaltyAlpha;
  if (options.penaltyAlpha === undefined) delete options.topK;
  return {
    samples,
    maxLength: read("max_length", whole) as number | undefined,
    minLength: read("min_length", whole) as number | undefined,
    options,
    sampling,
    file,
  };
}

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

function expectOmitted(where: string, file: string, name: string, value: unknown): void {
  if (value === undefined) return;
  const asked = JSON.stringify(value).slice(0, 80);
  const why =
    name === "stop_strings"
      ? "which only tasks such as complete honour, as they know the text"
      : "which is not supported";
  throw new Error(`${where}: ${file} sets ${name} to ${asked}, ${why}; pass without: ["${name}"] to ignore it`);
}
