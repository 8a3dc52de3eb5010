/**
 * The floors of the library. A file imports from its own floor and from those listed beside it, never up. Each arrow
 * is in use: `npm run check:imports` names one that is not. The import rule (.dependency-cruiser.cjs) and the drawing in
 * docs/architecture.md (scripts/draw.mjs) both come from this list.
 */
const floors = {
  kernels: [],
  tensor: ["kernels"],
  blocks: ["kernels", "tensor"],
  models: ["tensor", "blocks"],
  testing: ["kernels", "tensor"],
  inspect: ["tensor", "blocks"],
  generation: ["tensor", "blocks", "models"],
  checkpoint: [],
  // A training's state is a file.
  training: ["kernels", "tensor", "blocks", "checkpoint"],
  // To open a directory or URL; reading JSON needs none of it.
  tokenizer: ["checkpoint"],
  families: ["kernels", "tensor", "blocks", "models", "checkpoint", "tokenizer"],
  tasks: ["tensor", "blocks", "models", "generation", "families", "checkpoint", "tokenizer"],
};

/** Under every floor: errors, and what every public function asks of its arguments. */
const ground = ["errors", "checks", "describe", "visible", "fields", "nearest", "synonyms", "builtin", "platform"];

/** The rooms of the tokenizer, each entered by its index.ts alone. */
const tokenizerRooms = {
  text: [],
  vocabulary: ["text"],
  pipeline: ["text", "vocabulary"],
  json: ["text", "pipeline"],
  training: ["text", "vocabulary", "pipeline", "json"],
  formats: ["text", "vocabulary", "pipeline", "json"],
};

/** Folders, and for each folder in them which of the others it may import from. */
const houses = { src: floors, "src/tokenizer": tokenizerRooms };

module.exports = { houses, ground };
