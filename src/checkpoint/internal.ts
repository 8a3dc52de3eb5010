/** What the floors above need of this one, and no caller of the package. */
export { abortable } from "./abortable";
export { bytesOf, isBytes } from "./bytes";
export { readGgufMetadata, readGgufMetadataOf } from "./gguf/read-gguf";
export { parseJson } from "./json/parse-json";
export { encodeFloats } from "./values/encode-floats";
export { toFloat32 } from "./values/float32";
