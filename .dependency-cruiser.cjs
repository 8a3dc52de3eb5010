const { houses, ground } = require("./scripts/floors.cjs");

const groundFiles = `^src/(${ground.join("|")})\\.ts$`;
const folders = (parent, names) => `^${parent}/(${names.join("|")})/`;

/** A room of a folder imports from itself, from the rooms listed beside it, and from the ground. */
const arrowRules = Object.entries(houses).flatMap(([parent, rooms]) =>
  Object.entries(rooms).map(([room, below]) => ({
    name: `arrow-from-${parent}/${room}`,
    comment: `in ${parent}, ${room} imports from ${below.join(", ") || "no other folder"}: see scripts/floors.cjs`,
    severity: "error",
    from: { path: `^${parent}/${room}/` },
    to: { path: `^${parent}/`, pathNot: [groundFiles, folders(parent, [room, ...below])] },
  })),
);

const groundRules = [
  {
    name: "ground-imports-from-ground",
    comment: "what lies under every floor imports from none of them",
    severity: "error",
    from: { path: groundFiles },
    to: { path: "^src/", pathNot: [groundFiles] },
  },
  {
    name: "every-file-has-a-floor",
    comment: "a folder of src, or a file beside them, is listed in scripts/floors.cjs",
    severity: "error",
    from: { path: "^src/", pathNot: ["^src/index\\.ts$", groundFiles, folders("src", Object.keys(houses.src))] },
    to: {},
  },
];

module.exports = {
  forbidden: [
    ...arrowRules,
    ...groundRules,
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
