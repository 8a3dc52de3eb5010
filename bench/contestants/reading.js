/** The file alone, as Node reads it. */
export { reading as loading } from "./loading.js";
