import { type ByteSet, byteClasses, hasByte } from "./byte-set";
import type { Expression, Rule } from "./expression";

/** More than any real grammar needs; a larger one is refused. */
const MOST_NODES = 250_000;

/** A repetition of at most this many nodes is written out; a larger one is counted. */
const WRITTEN_OUT = 64;

/** A call of a rule: from `least` to `most` times in a row, then on at `to`. */
export interface Call {
  readonly id: number;
  readonly rule: number;
  readonly least: number;
  readonly most: number;
  readonly to: number;
}

interface Edge {
  readonly set: ByteSet;
  readonly to: number;
}

/**
 * A recursive transition network: a nondeterministic automaton for each rule, whose edges read a byte, read nothing, or
 * call a rule.
 *
 * @see Woods 1970, Transition Network Grammars for Natural Language Analysis
 */
export class Network {
  readonly #epsilons: number[][] = [];
  readonly #edges: Edge[][] = [];
  readonly #callsAt: Call[][] = [];
  readonly calls: Call[] = [];
  /** For each rule its first node; its last one is the next. */
  readonly #starts: number[] = [];
  readonly names: string[] = [];
  readonly #isFinal: boolean[] = [];
  readonly #reaches: (Reach | undefined)[] = [];
  readonly #followers: (readonly number[])[][];
  /** The function that made it, for messages. */
  readonly where: string;
  readonly classOf: Uint8Array;
  /** One byte of each class. */
  readonly members: readonly number[];

  /** @throws RangeError if the grammar is too large */
  constructor(where: string, root: Expression) {
    this.where = where;
    const rules = new Map<Rule | Expression, number>();
    const waiting: Expression[] = [];
    const ruleOf = (key: Rule | Expression, body: () => Expression, name: string): number => {
      const known = rules.get(key);
      if (known !== undefined) return known;
      const id = rules.size;
      rules.set(key, id);
      waiting.push(body());
      this.names.push(name);
      return id;
    };
    const node = (): number => {
      if (this.#edges.length >= MOST_NODES)
        throw new RangeError(`${where}: it needs more than ${MOST_NODES} states; write a smaller one`);
      this.#epsilons.push([]);
      this.#edges.push([]);
      this.#callsAt.push([]);
      this.#isFinal.push(false);
      return this.#edges.length - 1;
    };
    const call = (from: number, rule: number, least: number, most: number, to: number): void => {
      const made = { id: this.calls.length, rule, least, most, to };
      this.calls.push(made);
      this.#callsAt[from]!.push(made);
    };
    let rule = 0;
    const build = (expression: Expression, from: number, to: number): void => {
      switch (expression.kind) {
        case "bytes":
          this.#edges[from]!.push({ set: expression.set, to });
          return;
        case "choice":
          for (const option of expression.options) build(option, from, to);
          return;
        case "sequence": {
          const { parts } = expression;
          if (parts.length === 0) this.#epsilons[from]!.push(to);
          let at = from;
          parts.forEach((part, i) => {
            const next = i === parts.length - 1 ? to : node();
            build(part, at, next);
            at = next;
          });
          return;
        }
        case "rule":
          call(from, ruleOf(expression.rule, () => expression.rule.body, expression.rule.name), 1, 1, to);
          return;
        case "repeat":
          repetition(expression, from, to);
      }
    };
    const repetition = (expression: Expression & { kind: "repeat" }, from: number, to: number): void => {
      const { body, least, most } = expression;
      const written = Number.isFinite(most) ? most : least + 1;
      if (written > 1 && written * sizeOf(body, WRITTEN_OUT) > WRITTEN_OUT) {
        const id = ruleOf(expression.body, () => body, this.names[rule]!);
        call(from, id, least, most, to);
        if (least === 0) this.#epsilons[from]!.push(to);
        return;
      }
      let at = from;
      for (let i = 0; i < least; i++) {
        const next = node();
        build(body, at, next);
        at = next;
      }
      // A node of its own, which nothing else enters or leaves, so that the loop stays inside.
      const exits: number[] = [];
      const loop = node();
      this.#epsilons[at]!.push(loop);
      at = loop;
      exits.push(at);
      if (!Number.isFinite(most)) build(body, at, at);
      else
        for (let i = least; i < most; i++) {
          const next = node();
          build(body, at, next);
          at = next;
          exits.push(at);
        }
      for (const exit of exits) this.#epsilons[exit]!.push(to);
    };

    ruleOf({ kind: "sequence", parts: [] }, () => root, "root");
    for (; rule < waiting.length; rule++) {
      const start = node();
      const end = node();
      this.#starts.push(start);
      this.#isFinal[end] = true;
      build(waiting[rule]!, start, end);
    }
    ({ classOf: this.classOf, members: this.members } = byteClasses(
      new Set(this.#edges.flat().map(({ set }) => set)),
    ));
    this.#followers = new Array(this.#edges.length);
  }

  get size(): number {
    return this.#edges.length;
  }

  get ruleCount(): number {
    return this.#starts.length;
  }

  start(rule: number): number {
    return this.#starts[rule]!;
  }

  /** What a node reaches without reading anything within its rule. */
  reach(node: number): Reach {
    this.#reaches[node] ??= this.#reachOf(node);
    return this.#reaches[node];
  }

  #reachOf(node: number): Reach {
    const seen = new Set([node]);
    for (const at of seen) for (const to of this.#epsilons[at]!) seen.add(to);
    const nodes = [...seen];
    return {
      readers: nodes.filter((at) => this.#edges[at]!.length > 0),
      calls: nodes.flatMap((at) => this.#callsAt[at]!),
      isFinal: nodes.some((at) => this.#isFinal[at]!),
    };
  }

  /** The nodes after a byte of a class. */
  after(node: number, byteClass: number): readonly number[] {
    this.#followers[node] ??= [];
    this.#followers[node][byteClass] ??= this.#edges[node]!.filter(({ set }) =>
      hasByte(set, this.members[byteClass]!),
    ).map(({ to }) => to);
    return this.#followers[node][byteClass];
  }

  /**
   * The least number of bytes from each node to the end of its rule; Infinity if no end can be reached.
   *
   * @param usable whether a byte can be written on its own
   */
  distances(usable: (byte: number) => boolean): Float64Array {
    const classes = this.members.map(() => false);
    for (let byte = 0; byte < 256; byte++) if (usable(byte)) classes[this.classOf[byte]!] = true;
    const writable = ({ set }: Edge) => this.members.some((byte, i) => classes[i] && hasByte(set, byte));
    const known = new Map<ByteSet, boolean>();
    const before: { from: number; cost: (far: Float64Array) => number }[][] = Array.from({ length: this.size }, () => []);
    for (let from = 0; from < this.size; from++) {
      for (const to of this.#epsilons[from]!) before[to]!.push({ from, cost: (far) => far[to]! });
      for (const edge of this.#edges[from]!) {
        if (!known.has(edge.set)) known.set(edge.set, writable(edge));
        if (known.get(edge.set)) before[edge.to]!.push({ from, cost: (far) => 1 + far[edge.to]! });
      }
      for (const { rule, least, to } of this.#callsAt[from]!) {
        const start = this.#starts[rule]!;
        const entry = { from, cost: (far: Float64Array) => Math.max(least, 1) * far[start]! + far[to]! };
        before[to]!.push(entry);
        before[start]!.push(entry);
      }
    }
    const far = new Float64Array(this.size).fill(Number.POSITIVE_INFINITY);
    const queue: number[] = [];
    this.#isFinal.forEach((isFinal, node) => {
      if (isFinal) far[node] = 0;
      if (isFinal) queue.push(node);
    });
    for (let i = 0; i < queue.length; i++)
      for (const { from, cost } of before[queue[i]!]!) {
        const found = cost(far);
        if (found >= far[from]!) continue;
        far[from] = found;
        queue.push(from);
      }
    return far;
  }
}

/** What can be read, called or ended from a node. */
export interface Reach {
  /** Nodes with edges that read a byte. */
  readonly readers: readonly number[];
  readonly calls: readonly Call[];
  readonly isFinal: boolean;
}

/** The number of nodes that an expression takes, or a number above the limit. */
function sizeOf(expression: Expression, limit: number): number {
  switch (expression.kind) {
    case "bytes":
    case "rule":
      return 1;
    case "repeat": {
      const { body, least, most } = expression;
      return Math.min(limit + 1, sizeOf(body, limit) * (Number.isFinite(most) ? most : least + 1));
    }
    default: {
      let size = 1;
      for (const part of expression.kind === "sequence" ? expression.parts : expression.options) {
        size += sizeOf(part, limit);
        if (size > limit) break;
      }
      return size;
    }
  }
}
