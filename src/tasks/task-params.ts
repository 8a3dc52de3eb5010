import { isRecord } from "../fields";
import type { GenerateOptions } from "../generation";
import { generationSettingsOf } from "../models/internal";
import type { Loaded } from "./loaded";
import type { TextModel } from "./pretrained";

type Config = Loaded["config"];

/** What config.task_specific_params says of a task: a text before the text, and generation settings. */
const paramsOf = (config: Config, task: string): Record<string, unknown> => {
  const all = config?.task_specific_params;
  const params = isRecord(all) && Object.hasOwn(all, task) ? all[task] : undefined;
  return isRecord(params) ? params : {};
};

/** Their lengths count a target's start token. */
const options: Readonly<Record<string, (value: number) => GenerateOptions>> = {
  max_length: (length) => ({ maxNewTokens: length - 1 }),
  min_length: (length) => ({ minNewTokens: Math.max(0, length - 1) }),
  num_beams: (beams) => ({ beams }),
  length_penalty: (lengthPenalty) => ({ lengthPenalty }),
  no_repeat_ngram_size: (noRepeatNgram) => ({ noRepeatNgram }),
};

/** The generation settings of a task, unless generation_config.json has its own. */
export function optionsOfTask({ config }: Loaded, { model }: TextModel, task: string | undefined): GenerateOptions {
  if (task === undefined) return {};
  const own = generationSettingsOf(model)?.fields ?? {};
  const { early_stopping: earlyStopping, ...params } = paramsOf(config, task);
  const numbers = Object.entries(params).map(([name, value]) =>
    typeof value === "number" && own[name] === undefined && Object.hasOwn(options, name) ? options[name]!(value) : {},
  );
  const early = typeof earlyStopping === "boolean" && own.early_stopping === undefined ? { earlyStopping } : {};
  return Object.assign(early, ...numbers);
}

/** The text before a text of a task: from the config, or as T5 was trained. */
export function prefixOf({ config }: Loaded, task: string, usual: string): string {
  const { prefix } = paramsOf(config, task);
  if (typeof prefix === "string") return prefix;
  return config?.model_type === "t5" ? usual : "";
}

/** The names of languages in T5's tasks. */
const names: Readonly<Record<string, string>> = { en: "English", de: "German", fr: "French", ro: "Romanian" };

const nameOf = (language: string): string => (Object.hasOwn(names, language) ? names[language]! : language);
const codeOf = (language: string): string => Object.keys(names).find((code) => names[code] === language) ?? language;

/**
 * A text with T5's words for the task, if the model is told languages in words.
 *
 * @throws RangeError if a language is missing, or if the model translates only one pair
 */
export function prefixOfTranslation(
  pretrained: Loaded,
  { source, target }: { source?: string | undefined; target?: string | undefined },
  text: string,
): { text: string; task?: string } {
  const { config } = pretrained;
  const tasks = isRecord(config?.task_specific_params) ? Object.keys(config.task_specific_params) : [];
  const pairs = tasks.filter((task) => task.startsWith("translation_"));
  const isTold = config?.model_type === "t5" || pairs.length > 0;
  if (source === undefined && target === undefined) {
    // A text that already begins with the words, or a model of one pair.
    if (pairs.length !== 1) return { text };
    return { text: prefixOf(pretrained, pairs[0]!, "") + text, task: pairs[0]! };
  }
  const given = target === undefined ? "source" : "target";
  if (!isTold)
    throw new RangeError(
      `translate: ${given} has no effect, because the model translates one pair of languages; omit it`,
    );
  if (source === undefined || target === undefined)
    throw new RangeError(`translate: ${source === undefined ? "source" : "target"} is missing; pass both languages`);
  const task = `translation_${codeOf(source)}_to_${codeOf(target)}`;
  return { text: prefixOf(pretrained, task, `translate ${nameOf(source)} to ${nameOf(target)}: `) + text, task };
}
