import { FormatError } from "../errors";
import type { Files } from "../families";
import { type ConfigFields, filesOf, MODULES } from "../families/internal";
import type { SentenceModel } from "./pretrained";
import { fieldsIn, modulesOf, type SentenceModules } from "./sentence-modules";

/**
 * How token vectors are combined into one vector for a text: their mean; that of the first or the last token; the maximum
 * of each dimension; their sum, divided by the square root of their number; or their mean, weighted by 1, 2, 3 ….
 */
export type Pooling = "mean" | "first" | "last" | "max" | "meanSqrtLength" | "weightedMean";

/** How texts become vectors, from the files of a sentence encoder. */
export interface SentenceSettings {
  /** The vectors of several poolings are joined. */
  poolings?: readonly Pooling[];
  /** What happens after pooling; undefined without modules.json. */
  after?: SentenceModules["after"] | undefined;
  /** Longer texts are truncated. */
  maxLength?: number;
  lowerCase: boolean;
  /** Prepended to every text. */
  prompt: string;
  /** Whether the tokens of the prompt count in the pooling. */
  includePrompt: boolean;
}

const POOLING = "1_Pooling/config.json";
const TEXTS = "sentence_bert_config.json";
const PROMPTS = "config_sentence_transformers.json";

/** Their names of poolings, mapped to ours, in the order in which they are joined. */
const poolings: Readonly<Record<string, { newer: string; ours: Pooling }>> = {
  pooling_mode_cls_token: { newer: "cls", ours: "first" },
  pooling_mode_max_tokens: { newer: "max", ours: "max" },
  pooling_mode_mean_tokens: { newer: "mean", ours: "mean" },
  pooling_mode_mean_sqrt_len_tokens: { newer: "mean_sqrt_len_tokens", ours: "meanSqrtLength" },
  pooling_mode_weightedmean_tokens: { newer: "weightedmean", ours: "weightedMean" },
  pooling_mode_lasttoken: { newer: "lasttoken", ours: "last" },
};

/** What a caller asks for instead of what the files say. */
export interface Asked {
  pooling?: Pooling | undefined;
  /** The text before each text. */
  prompt?: string | undefined;
  /** The name of one of the prompts in the files. */
  promptName?: string | undefined;
}

/**
 * Reads modules.json, the files of its modules, sentence_bert_config.json and config_sentence_transformers.json.
 *
 * @throws FormatError for a module, pooling or setting that is wrong or unsupported; RangeError for a prompt that is not
 *   in the files
 * @see https://sbert.net/docs/sentence_transformer/usage/custom_models.html
 */
export function sentenceSettings(
  { model, files = filesOf(model) ?? new Map() }: { model: SentenceModel; files?: Files | undefined },
  asked: Asked = {},
): SentenceSettings {
  const modules = modulesOf(files);
  const text = fieldsIn(files, TEXTS);
  const limit = text.get("max_seq_length") === undefined ? undefined : text.whole("max_seq_length");
  const poolingFile = modules?.pooling === undefined ? POOLING : `${modules.pooling}/config.json`;
  if (asked.pooling === undefined && modules?.pooling !== undefined && !files.has(poolingFile))
    throw new FormatError({
      file: poolingFile,
      found: "no such file",
      expected: `the file, because ${MODULES} lists its folder`,
    });
  const pooling = fieldsIn(files, poolingFile);
  return {
    ...(asked.pooling === undefined && files.has(poolingFile) && { poolings: poolingsOf(pooling) }),
    after: modules?.after,
    ...(limit !== undefined && { maxLength: Math.min(limit, model.config.contextLength) }),
    lowerCase: text.boolean("do_lower_case", false),
    prompt: asked.prompt ?? promptOf(fieldsIn(files, PROMPTS), asked.promptName),
    includePrompt: pooling.boolean("include_prompt", true),
  };
}

/** The modes are one field, or in older files the boolean fields that are true; the mean if there is none. */
function poolingsOf(fields: ConfigFields): Pooling[] {
  const named = fields.get("pooling_mode");
  const older = fields.keys().filter((name) => name.startsWith("pooling_mode_"));
  const known = Object.entries(poolings).map(
    ([name, { newer, ours }]) => [named === undefined ? name : newer, ours] as const,
  );
  const modes: unknown[] = named === undefined ? older.filter((name) => fields.boolean(name, false)) : [named].flat();
  const unknown = modes.find((mode) => !known.some(([name]) => name === mode));
  if (unknown !== undefined || (named !== undefined && modes.length === 0))
    throw fields.error(
      named === undefined ? String(unknown) : "pooling_mode",
      `one of ${known.map(([name]) => name).join(", ")}; embed's pooling overrides it`,
    );
  if (modes.length === 0) return ["mean"];
  // Newer files say the order; older ones have none of their own.
  const ordered = named === undefined ? known.map(([name]) => name).filter((name) => modes.includes(name)) : modes;
  return ordered.map((mode) => known.find(([name]) => name === mode)![1]);
}

function promptOf(fields: ConfigFields, asked: string | undefined): string {
  const name = asked ?? fields.get("default_prompt_name");
  if (name === undefined) return "";
  const prompts = fields.object("prompts");
  const prompt = typeof name === "string" ? prompts.get(name) : undefined;
  if (typeof prompt === "string") return prompt;
  if (asked === undefined) throw fields.error("default_prompt_name", "the name of one of the prompts, or null");
  const known = prompts.keys().join(", ") || "none; pass prompt, the text itself";
  throw new RangeError(`embed: promptName "${asked}" is not in ${PROMPTS}; its prompts are ${known}`);
}
