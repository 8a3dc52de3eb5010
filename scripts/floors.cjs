/**
 * The floors of the library. A file imports only from its own floor and from those listed for it, never up. All entries
 * must be in use: `npm run check:imports` names unused ones. The import rule (.dependency-cruiser.cjs) and the drawing
 * in docs/architecture.md (scripts/draw.mjs) are both derived from this list.
 */
const floors = {
  kernels: [],
  tensor: ["kernels"],
  blocks: ["kernels", "tensor"],
  models: ["tensor", "blocks"],
  testing: ["kernels", "tensor", "blocks"],
  inspect: ["tensor", "blocks"],
  // A saved prefix is a file.
  generation: ["tensor", "blocks", "models", "checkpoint"],
  checkpoint: [],
  // The state of a training run is a file.
  training: ["kernels", "tensor", "blocks", "checkpoint"],
  // To open a directory or URL; not needed to read JSON.
  tokenizer: ["checkpoint"],
  families: ["kernels", "tensor", "blocks", "models", "checkpoint", "tokenizer"],
  tasks: ["tensor", "blocks", "models", "generation", "families", "checkpoint", "tokenizer"],
};

/** Shared by all floors: errors, argument checks, and their helpers. */
const ground = [
  "errors",
  "checks",
  "describe",
  "visible",
  "fields",
  "nearest",
  "synonyms",
  "builtin",
  "abortable",
  "later",
  "platform",
];

/** The rooms of the tokenizer, each imported only through its index.ts. */
const tokenizerRooms = {
  text: [],
  vocabulary: ["text"],
  pipeline: ["text", "vocabulary"],
  json: ["text", "pipeline"],
  training: ["text", "vocabulary", "pipeline", "json"],
  formats: ["text", "vocabulary", "pipeline", "json"],
};

/** Folders with rooms, and for each room those it may import from. */
const houses = { src: floors, "src/tokenizer": tokenizerRooms };

module.exports = { houses, ground };
