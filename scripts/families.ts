/**
 * Writes docs/families.md and README's number of families from the code and the fixtures. With `--check` it writes nothing,
 * and fails if they are out of date.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Family } from "../src/families";
import * as exported from "../src/families";
import { classesOf } from "../src/families/reading/heads";
import { registry } from "../src/families/registry";
import { unsupported } from "../src/families/unsupported";

const at = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));
const read = (path: string): string => (existsSync(at(path)) ? readFileSync(at(path), "utf8") : "");

const shapes = {
  decoder: "Decoders",
  encoder: "Encoders",
  "encoder-decoder": "Encoder-decoders",
} as const;

/** The folder that a family's file is in. */
const shapeOf = (modelType: string): string =>
  new RegExp(`^ +"?${modelType}"?: .*import\\("\\./([\\w-]+)/`, "m").exec(read("src/families/registry.ts"))?.[1] ?? "";

/** The classes of the tiny models that a family is compared with, by `model_type`. */
function fixtures(): Map<string, string[]> {
  const found = new Map<string, string[]>();
  const look = (folder: string): void => {
    for (const { name } of readdirSync(at(folder), { withFileTypes: true }).filter((entry) => entry.isDirectory())) {
      const text = read(`${folder}/${name}/config.json`);
      if (text === "") {
        look(`${folder}/${name}`);
        continue;
      }
      const { model_type: type, architectures } = JSON.parse(text);
      found.set(type, [...(found.get(type) ?? []), architectures?.[0] ?? name]);
    }
  };
  for (const folder of ["test/fixtures/families", "test/fixtures/models"]) look(folder);
  return found;
}

const code = (words: readonly string[]): string => [...new Set(words)].map((word) => `\`${word}\``).join(", ");

function row(modelType: string, family: Family, checked: readonly string[]): string {
  const name = Object.entries(exported).find(([, value]) => value === family)?.[0] ?? "";
  const heads = Object.entries(family.heads ?? {}).map(([, head]) => head);
  const classes = classesOf(family.classes).map((start) => `${start}…`);
  return `| \`${modelType}\` | \`${name}\` | ${code(classes)} | ${code(heads)} | ${checked.length}: ${code(checked)} |`;
}

async function table(shape: string, checked: ReadonlyMap<string, readonly string[]>): Promise<string> {
  const types = Object.keys(registry).filter((type) => shapeOf(type) === shape);
  const rows = await Promise.all(
    types.sort().map(async (type) => row(type, await registry[type]!(), checked.get(type) ?? [])),
  );
  const head = "| `model_type` | family | classes | heads | tiny models it equals |\n|---|---|---|---|---|";
  return `${head}\n${rows.join("\n")}`;
}

/** Why families are refused, with those that are refused for the same reason. */
function refused(): string {
  const types = (reason: string) => [...unsupported].filter(([, other]) => other === reason).map(([type]) => type);
  return [...new Set(unsupported.values())].map((reason) => `- ${code(types(reason))}: ${reason}.`).join("\n");
}

const START = "<!-- What npm run check:published -- --write has found. -->";
const END = "<!-- end -->";

/** What stands between two lines of a document. */
const between = (text: string, start: string, end: string): string | undefined =>
  text.includes(start)
    ? text.slice(text.indexOf(start) + start.length, text.indexOf(end, text.indexOf(start)))
    : undefined;

async function page(): Promise<string> {
  const checked = fixtures();
  const tables = await Promise.all(
    Object.entries(shapes).map(async ([shape, title]) => `## ${title}\n\n${await table(shape, checked)}`),
  );
  const published = between(read("docs/families.md"), START, END)?.trim() ?? "";
  return `# Families

\`fromPretrained\` opens the checkpoints of these families. The \`model_type\` in config.json names the family, and the class in \`architectures\` its head; the option \`head\` of \`fromPretrained\` asks for another one. The code of a family is loaded when a config names it. \`pretrainedLoader([…])\` takes families from \`transformer-blocks/families\` by the names in the second column. Each also has an entry point of its own, such as \`transformer-blocks/families/gpt2\`, for [pages that load a family when they need it](bundling.md#keep-a-page-small).

Each family equals transformers on tiny random models of these classes: logits and hidden states to 1e-5, with padding on either side, with a cache, greedy texts, and saved byte for byte. [Their scripts](../CONTRIBUTING.md#a-model-family) also draw models of other sizes and options.

${tables.join("\n\n")}

## Published models

${START}

${published}

${END}

## What is refused

Every field of config.json that transformers knows in a family is honoured, or refused by name. These families are refused as a whole:

${refused()}

Compressed weights open if they are FP8 with a scale for each block (\`quant_method\` in \`quantization_config\`: ${code(compressions())}). Other ways of compressing them are refused.

This page is written by \`npm run families\`.
`;
}

/** The methods in the table of src/families/reading/compressed. */
const compressions = (): string[] =>
  [
    ...read("src/families/reading/compressed/index.ts").matchAll(/^ {2}"?([\w-]+)"?: async \(\) => \(await import/gm),
  ].map(([, name]) => name!);

/** README's number of families. */
const counted = (readme: string): string =>
  readme.replace(/(<!-- families -->)\d*(?=<!-- \/families -->)/, `$1${Object.keys(registry).length}`);

const documents = { "docs/families.md": await page(), "README.md": counted(read("README.md")) };
const stale = Object.entries(documents).filter(([path, text]) => read(path) !== text);
if (!process.argv.includes("--check")) for (const [path, text] of stale) writeFileSync(at(path), text);
else if (stale.length > 0) {
  console.error(`${stale.map(([path]) => path).join(" and ")} must be written again: npm run families`);
  process.exitCode = 1;
}
