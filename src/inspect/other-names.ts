import { fitsPath } from "../blocks/internal";

/** What TransformerLens, transformers and earlier versions call our sites; ours come first. */
const names = [
  "input residPre hookResidPre blockInput",
  "middle residMid hookResidMid",
  "output residPost hookResidPost hiddenStates hiddenState attnOut hookResult result",
  "attentionAdded hookAttnOut",
  "feedForwardAdded mlpOut hookMlpOut",
  "weights pattern hookPattern attentions attn attentionProbs probs attentionWeights probabilities",
  "scores attnScores hookAttnScores attentionScores logits",
  "queries q hookQ hookRotQ",
  "keys k hookK hookRotK",
  "values v hookV",
  "heads z hookZ attended headOutputs",
  "hidden hookPost post activations mlpHidden neurons",
  "chosen choices experts expertIndices selectedExperts topkIndices",
  "latent latents compressed",
  "embedding embed hookEmbed embeddings embeds inputsEmbeds",
  "tokens tokenEmbedding wordEmbeddings wte",
  "logits scores unembed",
].map((group) => group.split(" "));

/** What they call our modules. */
const modules = [
  "attention attn selfAttn selfAttention",
  "feedForward mlp ffn",
  "attentionNorm ln1 inputLayernorm",
  "feedForwardNorm ln2 postAttentionLayernorm",
  "norm lnFinal lnF",
].map((group) => group.split(" "));

const plain = (name: string): string => name.replace(/[_-]/g, "").toLowerCase();

/** `did you mean "blocks.*.output"?` if the last name of a pattern is another word for a site that was reported there. */
export function otherNames(pattern: string, places: readonly string[]): string | undefined {
  const path = pattern.split(".").slice(0, -1);
  const asked = plain(pattern.split(".").at(-1)!);
  const meant = names
    .filter((group) => group.some((name) => plain(name) === asked))
    .map(([ours]) => [...path, ours].join("."))
    .find((text) => places.some((place) => fitsPath(text, place)));
  return meant && `did you mean "${meant}"?`;
}

/** `did you mean "blocks.0.attention.weights"?` if the path of a pattern has another library's names for our modules. */
export function otherModules(pattern: string, paths: readonly string[]): string | undefined {
  const [site, ...path] = pattern
    .replace(/^(?:\w+\.)?(?:layers?|h)\.(?=[\d*])/, "blocks.")
    .split(".")
    .map((part) => oursOf(modules, part) ?? part)
    .reverse();
  const module = path.reverse().join(".");
  const isModule = (text: string) => paths.some((place) => fitsPath(text, place));
  if (isModule(`${module}.${site}`)) return `did you mean "${module}.${site}.output"?`;
  return isModule(module) ? `did you mean "${module}.${oursOf(names, site!) ?? "*"}"?` : undefined;
}

const oursOf = (groups: readonly string[][], theirs: string): string | undefined =>
  groups.find((group) => group.some((name) => plain(name) === plain(theirs)))?.[0];
