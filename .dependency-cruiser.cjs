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

/** A new folder, or a file beside the rooms, may import once it is listed. */
const roomlessRules = Object.entries(houses).map(([parent, rooms]) => ({
  name: `unlisted-in-${parent}`,
  comment: `what is in ${parent} has a place in scripts/floors.cjs`,
  severity: "error",
  from: {
    path: `^${parent}/`,
    pathNot: [`^${parent}/index\\.ts$`, groundFiles, folders(parent, Object.keys(rooms))],
  },
  to: {},
}));

const groundRule = {
  name: "ground-imports-from-ground",
  comment: "what lies under every floor imports from none of them",
  severity: "error",
  from: { path: groundFiles },
  to: { path: "^src/", pathNot: [groundFiles] },
};

module.exports = {
  forbidden: [
    ...arrowRules,
    ...roomlessRules,
    groundRule,
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
      comment: "only testing may import a package, its optional peer fast-check, and chat templates @huggingface/jinja",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/(testing|tasks/jinja)/" },
      to: { dependencyTypes: ["npm", "npm-dev", "npm-peer", "npm-optional", "npm-no-pkg"] },
    },
    {
      name: "jinja-for-chat-templates",
      comment:
        "src/tasks/jinja/ is loaded by import(…), when a chat template is rendered, and imports no other package",
      severity: "error",
      from: { path: "^src/tasks/jinja/" },
      to: { dependencyTypes: ["npm", "npm-dev", "npm-peer", "npm-optional"], pathNot: "@huggingface/jinja/" },
    },
    {
      name: "jinja-is-loaded-late",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/tasks/jinja/" },
      to: { path: "^src/tasks/jinja/", dynamic: false },
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
    // Packages without a main file, such as Vite.
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "require", "node", "default"] },
  },
};
