/** What the floors above need, but users of the package do not. */
export { ConfigFields } from "./config-fields";
export { expectHead } from "./reading/another-head";
export { filesOf, isModuleFolder, MODULES } from "./reading/kept-files";
