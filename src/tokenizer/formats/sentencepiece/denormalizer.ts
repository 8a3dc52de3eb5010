import { Charsmap } from "../../pipeline";
import { AlignedText } from "../../text";

import type { NormalizerSettings, SentencePieceFile } from "./model-file";
import { SentencePieceNormalizer } from "./normalizer";

/**
 * A file's rules for decoded text, which have the form of a normalizer's rules.
 *
 * @see https://github.com/google/sentencepiece/blob/master/src/sentencepiece_processor.cc, Decode
 */
export class SentencePieceDenormalizer {
  readonly #normalizer: SentencePieceNormalizer;
  readonly #charsmap: Charsmap;

  constructor(file: SentencePieceFile) {
    const settings = file.denormalizer as NormalizerSettings;
    this.#normalizer = new SentencePieceNormalizer({ ...file, ...settings, whitespaceAsSuffix: false, pieces: [] });
    this.#charsmap = new Charsmap(settings.charsmap, settings.charsmapAt, file.name);
  }

  apply(text: string): string {
    return this.#normalizer.normalize(AlignedText.of(text)).text;
  }

  /** The length of the prefix, in code units, whose replacement does not depend on what follows. */
  settled(text: string): number {
    let at = 0;
    while (at < text.length && !this.#charsmap.mayGoOn(text, at)) {
      const step = (text.codePointAt(at) as number) > 0xffff ? 2 : 1;
      at = this.#charsmap.longest(text, at)?.end ?? at + step;
    }
    return at;
  }
}
