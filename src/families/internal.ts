/** What the layers above need, but users of the package do not. */
export { ConfigFields, isObject } from "./config-fields";
export { filesOf, isModuleFolder, MODULES } from "./reading/kept-files";
