// The floors of the library. A file imports from its own floor and from those listed beside it, never up.
const core = ["kernels", "tensor", "blocks"];
const floors = {
  kernels: [],
  tensor: ["kernels"],
  blocks: ["kernels", "tensor"],
  models: core,
  testing: core,
  // A training's state is a file.
  training: [...core, "checkpoint"],
  inspect: [...core, "models"],
  generation: [...core, "models"],
  checkpoint: [],
  // To open a directory or URL; reading JSON needs none of it.
  tokenizer: ["checkpoint"],
  families: [...core, "models", "checkpoint", "tokenizer"],
  tasks: [...core, "models", "generation", "families", "checkpoint", "tokenizer"],
};

// Under every floor: errors, and what every public function asks of its arguments.
const ground = "^src/(errors|checks|describe|visible|fields|nearest|synonyms|builtin|platform)\\.ts$";

const floorRules = Object.entries(floors).map(([floor, below]) => ({
  name: `floor-${floor}`,
  comment: `${floor} imports from ${below.join(", ") || "nothing"} alone`,
  severity: "error",
  from: { path: `^src/${floor}/` },
  to: { path: "^src/", pathNot: [ground, ...[floor, ...below].map((name) => `^src/${name}/`)] },
}));

// The rooms of the tokenizer, each entered by its index.ts alone; arrows point at what a room imports from:
//
//   formats ──┐
//             ├─▶ json ─▶ pipeline ─▶ vocabulary ─▶ text
//   training ─┘
const rooms = {
  text: [],
  vocabulary: ["text"],
  pipeline: ["text", "vocabulary"],
  json: ["text", "vocabulary", "pipeline"],
  formats: ["text", "vocabulary", "pipeline", "json"],
  training: ["text", "vocabulary", "pipeline", "json"],
};

const roomRules = Object.entries(rooms).map(([room, below]) => ({
  name: `room-${room}`,
  comment: `tokenizer/${room} imports from ${below.join(", ") || "no other room"} alone`,
  severity: "error",
  from: { path: `^src/tokenizer/${room}/` },
  to: { path: "^src/tokenizer/", pathNot: [room, ...below].map((name) => `^src/tokenizer/${name}/`) },
}));

module.exports = {
  forbidden: [
    ...floorRules,
    {
      name: "through-a-face",
      comment: "another floor is used by what it exports, or by what its internal.ts gives the floors above",
      severity: "error",
      from: { path: "^src/([a-z]+)/" },
      to: { path: "^src/[a-z]+/", pathNot: ["^src/$1/", "^src/[a-z]+/(index|internal)\\.ts$"] },
    },
    {
      name: "internal-is-not-public",
      severity: "error",
      from: { path: ["^src/index\\.ts$", "^src/[a-z]+/index\\.ts$"] },
      to: { path: "/internal\\.ts$" },
    },
    ...roomRules,
    {
      name: "room-without-arrows",
      comment: "every folder of the tokenizer is a room above, and only its index.ts stands beside them",
      severity: "error",
      from: {
        path: "^src/tokenizer/",
        pathNot: ["^src/tokenizer/index\\.ts$", `^src/tokenizer/(${Object.keys(rooms).join("|")})/`],
      },
      to: {},
    },
    {
      name: "room-by-its-index",
      comment: "a room of the tokenizer is entered by its index.ts",
      severity: "error",
      from: { path: "^src/tokenizer/([a-z]+)/" },
      to: { path: "^src/tokenizer/[a-z]+/", pathNot: ["^src/tokenizer/$1/", "^src/tokenizer/[a-z]+/index\\.ts$"] },
    },
    {
      name: "tokenizer-by-its-rooms",
      comment: "src/tokenizer/index.ts exports what the rooms' indexes do, and the list of components",
      severity: "error",
      from: { path: "^src/tokenizer/index\\.ts$" },
      to: {
        path: "^src/tokenizer/",
        pathNot: ["^src/tokenizer/[a-z]+/index\\.ts$", "^src/tokenizer/json/components/index\\.ts$"],
      },
    },
    {
      name: "tokenizer-without-dead-files",
      comment: "src/tokenizer/index.ts reaches every file of the tokenizer",
      severity: "error",
      from: { path: "^src/tokenizer/index\\.ts$" },
      to: { path: "^src/tokenizer/", reachable: false },
    },
    {
      name: "tokenizer-by-its-index",
      comment: "other floors import from src/tokenizer/index.ts",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/tokenizer/" },
      to: { path: "^src/tokenizer/", pathNot: "^src/tokenizer/index\\.ts$" },
    },
    { name: "no-cycle", severity: "error", from: { path: "^src/" }, to: { circular: true } },
    {
      name: "no-runtime-dependency",
      comment: "only testing may import a package, its optional peer fast-check",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/testing/" },
      to: { dependencyTypes: ["npm", "npm-dev", "npm-peer", "npm-optional", "npm-no-pkg"] },
    },
    {
      name: "examples-use-the-public-surface",
      severity: "error",
      from: { path: "^examples/" },
      to: { path: "^src/", pathNot: ["^src/index\\.ts$", "^src/[a-z]+/index\\.ts$"] },
    },
    { name: "no-unresolvable", severity: "error", from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    // Another language, with a compiler of its own.
    exclude: { path: "^src/kernels/wasm/assembly/" },
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
  },
};
