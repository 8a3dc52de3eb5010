/** What the floors above need of this one, and no caller of the package. */
export { ConfigFields, isObject } from "./config-fields";
export { filesOf, isModuleFolder, MODULES } from "./reading/kept-files";
