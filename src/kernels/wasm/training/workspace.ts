import { relaxedTraining, strictTraining } from "../binaries";
import { compiler, type Flavor } from "../module";
import { Workspace } from "../workspace";

const compilers: Readonly<Record<Flavor, () => WebAssembly.Module>> = {
  strict: /* @__PURE__ */ compiler(strictTraining),
  relaxed: /* @__PURE__ */ compiler(strictTraining, relaxedTraining),
};

/** The compiled kernels of training. They are a binary of their own, which pages that do not train leave out. */
export const compiledTraining = (flavor: Flavor): WebAssembly.Module => compilers[flavor]();

const workspaces: Readonly<Record<Flavor, Workspace>> = {
  strict: /* @__PURE__ */ new Workspace(compilers.strict),
  relaxed: /* @__PURE__ */ new Workspace(compilers.relaxed),
};

/** Where they run. */
export const trainingWorkspace = (flavor: Flavor): Workspace => workspaces[flavor];
