import { parseJson } from "../checkpoint/internal";
import { FormatError } from "../errors";
import { filesOf } from "../families/internal";
import { describeJson, isRecord } from "../fields";
import type { Tokenizer } from "../tokenizer";

/** A template with the name of its file, for messages. */
export interface TemplateSource {
  file: string;
  text: string;
}

const CONFIG = "tokenizer_config.json";
const FIELD = "chat_template";

/** What has a template: a tokenizer, with its other files if it was loaded with any. */
export interface TemplateHolder {
  tokenizer: Tokenizer;
  files?: ReadonlyMap<string, Uint8Array> | undefined;
}

/** The templates by name: chat_template.jinja if there is one, else those of tokenizer_config.json or chat_template.json. */
export function templatesOf({ tokenizer, files }: TemplateHolder): ReadonlyMap<string, TemplateSource> {
  const given = files?.has("chat_template.jinja") || files?.has("chat_template.json") ? files : filesOf(tokenizer);
  const jinja = given?.get("chat_template.jinja");
  if (jinja) return new Map([["default", { file: "chat_template.jinja", text: new TextDecoder().decode(jinja) }]]);
  const own = tokenizer.config[FIELD];
  if (own != null) return named(own, CONFIG);
  const file = "chat_template.json";
  const bytes = given?.get(file);
  const content = bytes && parseJson(bytes, file);
  return isRecord(content) && content[FIELD] != null ? named(content[FIELD], file) : new Map();
}

/** A template, or several: a list of `{ name, template }`, or an object. */
function named(templates: unknown, file: string): Map<string, TemplateSource> {
  if (typeof templates === "string") return new Map([["default", { file, text: templates }]]);
  const pairs = Array.isArray(templates)
    ? templates.map((one): [unknown, unknown] => (isRecord(one) ? [one.name, one.template] : [undefined, one]))
    : isRecord(templates)
      ? Object.entries(templates)
      : [[undefined, templates]];
  return new Map(
    pairs.map(([name, text], i) => {
      if (typeof name !== "string" || typeof text !== "string") {
        const at = Array.isArray(templates) ? `${FIELD}[${i}]` : FIELD;
        const expected = "a template, or a list of { name, template }";
        throw new FormatError({ file, at, found: describeJson(text ?? templates), expected });
      }
      return [name, { file: `${file}, "${name}"`, text }];
    }),
  );
}

/** @throws TypeError if the model has no template; RangeError for an unknown name, or if the model has no default */
export function templateFor(
  where: string,
  holder: TemplateHolder,
  { template, tools }: { template?: string | undefined; tools?: unknown },
): TemplateSource {
  // A template itself, not the name of one.
  if (template?.includes("{")) return { file: "template", text: template };
  const templates = templatesOf(holder);
  const names = [...templates.keys()].map((name) => `"${name}"`).join(", ");
  if (template !== undefined) {
    const found = templates.get(template);
    if (found) return found;
    const known = names === "" ? "the model has none" : `its templates are ${names}`;
    throw new RangeError(`${where}: template "${template}" is neither a Jinja template nor the name of one; ${known}`);
  }
  const found = (tools !== undefined && templates.get("tool_use")) || templates.get("default");
  if (found) return found;
  if (templates.size > 0)
    throw new RangeError(`${where}: the model has several chat templates and no default; pass template: ${names}`);
  throw new TypeError(
    `${where}: the model has no chat template. A base model is not made for chats: use complete. Otherwise pass template, a Jinja template, or add chat_template.jinja to its directory`,
  );
}

const roles = ["bos", "eos", "unk", "sep", "pad", "cls", "mask"] as const;

/** The variables `bos_token`, `eos_token` and so on, for the special tokens that the tokenizer has. */
export function specialTokens(tokenizer: Tokenizer): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const role of roles) {
    const configured = tokenizer.config[`${role}_token`];
    const id = tokenizer.special[role];
    const text = isRecord(configured) ? configured.content : configured;
    const token = typeof text === "string" ? text : id === undefined ? undefined : tokenizer.idToToken(id);
    if (token !== undefined) variables[`${role}_token`] = token;
  }
  return variables;
}
