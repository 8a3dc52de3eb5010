export type { PostProcessor } from "./post-processor";
