/** What the floors above need from this one, but callers of the package do not. */
export { type FlatConfig, flatConfigOf } from "./factory";
export { type GenerationSettings, generationSettingsOf, keepGenerationSettings } from "./generation-settings";
export { classOfModel } from "./kind";
