/** Invented words, so that a vocabulary of any size and its texts need no file: two letters a syllable, a few syllables. */
const consonants = [..."bcdfghjklmnpqrstvwyz"];
const syllables = consonants.flatMap((consonant) => [..."aeiou"].map((vowel) => consonant + vowel));

/** Word number 0, 1, 2 …: all of one syllable, then all of two, then of three. */
export function word(number) {
  let [left, count, room] = [number, 1, syllables.length];
  while (left >= room) {
    left -= room;
    room *= syllables.length;
    count++;
  }
  const parts = [];
  for (; count > 0; count--) {
    parts.unshift(syllables[left % syllables.length]);
    left = Math.floor(left / syllables.length);
  }
  return parts.join("");
}

/** The last syllable of a word of several, and what comes before it. */
export const split = (text) => [text.slice(0, -2), text.slice(-2)];

/**
 * A sentence of as many tokens in the vocabularies of tokenizer-files.js, the common words more often. A full stop and
 * the endings of a few words are tokens of their own.
 */
export function sentence(tokens, seed, words = 5000) {
  let state = (seed + 1) * 2_654_435_769;
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const parts = [];
  for (let left = tokens - 1; left > 0; left--) {
    const ends = left > 1 && random() < 0.1;
    if (ends) left--;
    parts.push(word(Math.floor(words ** random()) - 1) + (ends ? "x" : ""));
  }
  const text = parts.join(" ");
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}
