/** What the layers above need, but users of the package do not. */
export { bytesOf, isBytes } from "./bytes";
export { readGgufMetadata, readGgufMetadataOf } from "./gguf/read-gguf";
export { parseJson } from "./json/parse-json";
export { openFor } from "./sources/open-source";
export { parseUrl } from "./sources/url";
export { encodeFloats } from "./values/encode-floats";
export { toFloat32 } from "./values/float32";
