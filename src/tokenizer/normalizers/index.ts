export type { Normalizer } from "./normalizer";
