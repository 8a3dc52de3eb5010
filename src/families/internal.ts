/** What the floors above need of this one, and no caller of the package. */
export { ConfigFields } from "./config-fields";
export { filesOf, isModuleFolder, MODULES } from "./reading/kept-files";
