import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const page = (text, name) => ({ text, link: `/docs/${name}` });

/** Every page of docs, in the order in which it is offered. */
export const guides = [
  {
    text: "Start here",
    items: [{ text: "Overview", link: "/" }, page("How a language model works", "tour")],
  },
  {
    text: "Guides",
    items: [
      page("For developers", "developers"),
      page("For researchers", "researchers"),
      page("For authors of demos", "demos"),
    ],
  },
  {
    text: "Coming from",
    items: [
      page("PyTorch", "from-pytorch"),
      page("transformers", "from-transformers"),
      page("transformers.js", "from-transformers-js"),
      page("TensorFlow.js", "from-tensorflow-js"),
    ],
  },
  {
    text: "Topics",
    items: [
      page("Tensors", "tensors"),
      page("Gradients", "gradients"),
      page("Blocks", "blocks"),
      page("Blocks of your own", "own-blocks"),
      page("Models", "models"),
      page("Checkpoints", "checkpoints"),
      page("Tokenizers", "tokenizers"),
      page("Generation", "generation"),
      page("Constraints", "constraints"),
      page("Tasks", "tasks"),
      page("Training", "training"),
      page("Looking inside", "inspect"),
      page("Testing", "testing"),
    ],
  },
  {
    text: "What to rely on",
    items: [
      page("Guarantees in numbers", "guarantees"),
      page("Families", "families"),
      page("Performance", "performance"),
      page("Measurements", "measurements"),
      page("What a page downloads", "bundling"),
      page("Security", "security"),
    ],
  },
  {
    text: "The library from inside",
    items: [page("Architecture", "architecture"), { text: "Contributing", link: "/CONTRIBUTING" }],
  },
];

const api = fileURLToPath(new URL("../api", import.meta.url));
const foldersIn = (folder) =>
  readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name);

/** The members of an entry point, by kind. */
function membersOf(module) {
  return foldersIn(`${api}/${module}`).filter((kind) => kind !== "namespaces").map((kind) => ({
    text: kind.replace("-", " "),
    collapsed: kind !== "classes" && kind !== "functions",
    items: readdirSync(`${api}/${module}/${kind}`)
      .filter((file) => file.endsWith(".md"))
      .map((file) => file.slice(0, -3))
      .map((name) => ({ text: name, link: `/docs/api/${module}/${kind}/${name}` })),
  }));
}

/** A sidebar for each entry point, which lists its members below all entry points. */
export function reference() {
  const modules = existsSync(api) ? foldersIn(api) : [];
  const entries = modules.map((name) => ({ text: `transformer-blocks/${name}`, link: `/docs/api/${name}/` }));
  const all = { text: "Entry points", link: "/docs/api/", items: entries };
  const sidebars = modules.map((module) => [`/docs/api/${module}/`, [all, ...membersOf(module)]]);
  return { "/docs/api/": [all], ...Object.fromEntries(sidebars) };
}
