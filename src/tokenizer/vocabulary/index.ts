/** Tokens and their ids, and the data structures to look them up. */
export { pairHash, standsAt } from "./hash";
export { Heap } from "./heap";
export { TokenTrie } from "./token-trie";
export { Trie } from "./trie";
export { ID_LIMIT, Vocabulary } from "./vocabulary";
export { WordCache } from "./word-cache";
