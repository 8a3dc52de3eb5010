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
const ground = "^src/(errors|checks|describe|visible|nearest|synonyms|builtin|platform)\\.ts$";

const floorRules = Object.entries(floors).map(([floor, below]) => ({
  name: `floor-${floor}`,
  comment: `${floor} imports from ${below.join(", ") || "nothing"} alone`,
  severity: "error",
  from: { path: `^src/${floor}/` },
  to: { path: "^src/", pathNot: [ground, ...[floor, ...below].map((name) => `^src/${name}/`)] },
}));

module.exports = {
  forbidden: [
    ...floorRules,
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
