import { abortable } from "../../abortable";
import { type OpenedSource, openCheckpoint } from "../../checkpoint";
import { parseJson } from "../../checkpoint/internal";
import { classOf } from "../../describe";
import { FormatError } from "../../errors";
import { isRecord } from "../../fields";
import { loadLater } from "../../later";
import { keepGenerationSettings } from "../../models/internal";
import { readTokenizer } from "../../tokenizer";
import { ConfigFields, type ConfigObject } from "../config-fields";
import { type Family, type Model, withCode } from "../family";
import { type NewHead, withHead } from "./another-head";
import { generationSettings, generationTokens } from "./generation-tokens";
import { CONFIG, GENERATION, readingOnce, readKept, rememberFiles } from "./kept-files";
import type { LoadOptions, ModelClass, Pretrained } from "./pretrained";

/** Where families are found by their `model_type`. */
export interface Families<M extends Model> {
  find(modelType: unknown): Promise<Family<M> | undefined>;
  known(): readonly string[];
}

/** What makes the model of a checkpoint. Pages load it while they read the other files. */
export type Reader = typeof import("./load");

/** Reads a model and all that belongs to it from an opened directory. */
export async function readPretrained<M extends Model>(
  families: Families<M>,
  opened: OpenedSource,
  reader: Promise<Reader>,
  options: LoadOptions & { model?: ModelClass<M> },
): Promise<Pretrained<M>> {
  // The source ends what it reads when the signal says so, but an import goes on.
  const untilAborted = <T>(work: () => Promise<T>): Promise<T> => abortable(options.signal, work);
  const { family, config, configBytes, tokenizer, ofTokenizer, ofModel, loadModel } = await untilAborted(() =>
    readAllButWeights(families, opened, reader, options),
  );
  const tokens = generationTokens(config, ofModel.get(GENERATION), `${opened.name}/${GENERATION}`);
  const { tensors, close } = await openCheckpoint(opened, options.onProgress);
  const { weights, activations } = options;
  const seed = newHead(options.head)?.seed;
  const checkpoint = { config: { ...config, ...tokens }, tensors, name: opened.name };
  const load = () => loadModel(family, checkpoint, { weights, activations, seed });
  const model = await closing(close, () => untilAborted(load));
  if (options.model && !(model instanceof options.model))
    throw new TypeError(`${opened.name} holds ${classOf(model)}, not ${classOf(options.model.prototype)}`);
  keepGenerationSettings(model, generationSettings(config, ofModel.get(GENERATION), opened.name));
  rememberFiles({ model, tokenizer, config }, { ofTokenizer, ofModel, config: configBytes });
  return { model, tokenizer, config, files: new Map([...ofTokenizer, ...ofModel]) };
}

/** Reads the other files, while the code that makes the model comes. */
async function readAllButWeights<M extends Model>(
  families: Families<M>,
  opened: OpenedSource,
  reader: Promise<Reader>,
  options: LoadOptions,
) {
  const configBytes = await opened.read(CONFIG);
  const file = `${opened.name}/${CONFIG}`;
  const published = parseJson(configBytes, file);
  if (!isRecord(published)) throw new FormatError({ file, found: "another kind of JSON", expected: "an object" });
  const family = await familyOf(families, published, file);
  // Its code comes while the tokenizer does.
  const code = withCode(family);
  code.catch(() => {});
  const head = newHead(options.head);
  const config = head === undefined ? published : withHead(family, published, head);
  const once = readingOnce(opened);
  const settings = await once.readOptional("tokenizer_config.json");
  const tokenizer =
    (await readTokenizer(once, settings, options.onProgress)) ??
    (await loadLater(`${opened.name}, which has no tokenizer,`, () => import("./missing-tokenizer"))).missingTokenizer(
      opened.name,
    );
  const kept = await readKept(once);
  const [{ loadModel }] = await Promise.all([reader, code]);
  return { family, config, configBytes, tokenizer, ...kept, loadModel };
}

/** Closes a checkpoint when it is read. @param close is told whether the whole of it was */
async function closing<T>(close: (whole: boolean) => Promise<void>, read: () => Promise<T>): Promise<T> {
  let whole = false;
  try {
    const value = await read();
    whole = true;
    return value;
  } finally {
    await close(whole);
  }
}

async function familyOf<M extends Model>(
  { find, known }: Families<M>,
  config: ConfigObject,
  file: string,
): Promise<Family<M>> {
  const family = await find(config.model_type);
  if (family !== undefined) return family;
  const why = await reasonAgainst(config.model_type);
  const expected = why === undefined ? `one of ${known().join(", ")}` : `a family in docs/families.md: here ${why}`;
  throw new ConfigFields(config, { file }).error("model_type", expected);
}

const newHead = (head: LoadOptions["head"]): NewHead | undefined => (typeof head === "string" ? { kind: head } : head);

/** Why a published family is not supported. The table is loaded only to say it. */
const reasonAgainst = async (modelType: unknown): Promise<string | undefined> =>
  (await loadLater("an error message", () => import("../unsupported"))).unsupported.get(String(modelType));
