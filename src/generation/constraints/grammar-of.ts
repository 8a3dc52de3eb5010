import type { Expression } from "./automaton/expression";
import type { State } from "./automaton/machine";
import { Network } from "./automaton/network";
import type { Recipe } from "./recipe";
import { TokenMachine } from "./token-machine";
import type { Vocabulary } from "./vocabulary";

/** A constraint without a vocabulary: a grammar over bytes. */
export class Grammar {
  /** The function that made it, for messages. */
  readonly where: string;
  /** What it was made of. */
  readonly source: unknown;
  readonly recipe: Recipe;
  readonly #network: Network;
  /** For each node the bytes to the end of its rule. */
  readonly #live: Float64Array;
  readonly #machines = new WeakMap<Vocabulary, TokenMachine>();

  /** @throws RangeError if it is too large, or if no text fits it */
  constructor(recipe: Recipe, source: unknown, root: Expression, whyEmpty: () => string) {
    const where = recipe.make;
    this.where = where;
    this.recipe = recipe;
    this.source = source;
    this.#network = new Network(where, root);
    this.#live = this.#network.distances(() => true);
    if (this.#live[this.#network.start(0)] === Number.POSITIVE_INFINITY)
      throw new RangeError(`${where}: ${whyEmpty()}`);
  }

  /** @throws RangeError if the tokens cannot write such a text; it says where */
  with(vocabulary: Vocabulary): TokenMachine {
    let machine = this.#machines.get(vocabulary);
    if (machine !== undefined) return machine;
    machine = new TokenMachine(this.where, this.#network, this.#live, vocabulary);
    expectWritable(this.where, machine);
    this.#machines.set(vocabulary, machine);
    return machine;
  }
}

/** States that are looked at to find where a vocabulary fails. */
const MOST_VISITED = 200;

function expectWritable(where: string, tokens: TokenMachine): void {
  const { machine, vocabulary } = tokens;
  for (const trie of new Set([vocabulary.firstTrie, vocabulary.continuingTrie])) {
    const mask = tokens.mask(machine.start, trie, Number.POSITIVE_INFINITY);
    if (mask.count > 0 || machine.start.isComplete) continue;
    const texts = new Map<State, number[]>([[machine.start, []]]);
    let stuck: [State, number[]] | undefined;
    for (const [state, text] of texts) {
      const nexts = tokens.walker.nexts(state, text.length === 0 ? trie : vocabulary.trie);
      if (nexts.size === 0 && text.length >= (stuck?.[1].length ?? 0)) stuck = [state, text];
      if (texts.size < MOST_VISITED)
        for (const [next, id] of nexts)
          if (!texts.has(next)) texts.set(next, [...text, ...bytesOf(vocabulary, id, text.length === 0)]);
    }
    const [state, text] = stuck ?? [machine.start, []];
    const place = text.length === 0 ? "at the start" : `after ${quoted(text)}`;
    throw new RangeError(
      `${where}: the tokens of this tokenizer cannot write such a text: ${place} it needs ${needed(tokens, state)}, and no token leads from there to an end`,
    );
  }
}

const bytesOf = (vocabulary: Vocabulary, id: number, isFirst: boolean): Uint8Array =>
  (isFirst ? vocabulary.firstBytes : vocabulary.bytes)[id]!;

/** The bytes that may come next, as characters. */
function needed({ machine }: TokenMachine, state: State): string {
  const bytes = Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => machine.after(state, byte) !== null);
  const shown = bytes.slice(0, 3).map((byte) => (byte < 0x80 ? quoted([byte]) : `the byte 0x${byte.toString(16)}`));
  return `${shown.join(" or ")}${bytes.length > 3 ? " or others" : ""}`;
}

/** The end of a text, quoted. */
const quoted = (bytes: readonly number[]): string => {
  const text = new TextDecoder().decode(Uint8Array.from(bytes.slice(-40)));
  return JSON.stringify(bytes.length > 40 ? `…${text}` : text);
};
