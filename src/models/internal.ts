/** What the floors above need of this one, and no caller of the package. */
export { type GenerationSettings, generationSettingsOf, keepGenerationSettings } from "./generation-settings";
