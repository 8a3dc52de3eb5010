/** What the floors above need, but users of the package do not. */
export { ConfigFields } from "./config-fields";
export { filesOf, isModuleFolder, MODULES } from "./reading/kept-files";
