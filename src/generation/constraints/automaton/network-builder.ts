import type { ByteSet } from "./byte-set";
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

/** Reads a byte. */
export interface Edge {
  readonly set: ByteSet;
  readonly to: number;
}

/** What leaves a node. */
export interface Node {
  readonly edges: Edge[];
  readonly calls: Call[];
  /** Nodes that are reached without reading. */
  readonly epsilons: number[];
  /** Whether its rule ends here. */
  isFinal: boolean;
}

/** Turns an expression into the nodes of its rules. @see Thompson 1968, Regular Expression Search Algorithm */
export class NetworkBuilder {
  readonly nodes: Node[] = [];
  readonly calls: Call[] = [];
  /** The first node of each rule. */
  readonly starts: number[] = [];
  readonly #where: string;
  readonly #rules = new Map<Rule | Expression, number>();
  readonly #waiting: Expression[] = [];

  /** @throws RangeError if the grammar is too large */
  constructor(where: string, root: Expression) {
    this.#where = where;
    this.#waiting.push(root);
    for (const body of this.#waiting) {
      const start = this.#node();
      const end = this.#node();
      this.starts.push(start);
      this.nodes[end]!.isFinal = true;
      this.#build(body, start, end);
    }
  }

  #node(): number {
    if (this.nodes.length >= MOST_NODES)
      throw new RangeError(`${this.#where}: it needs more than ${MOST_NODES} states; write a smaller one`);
    this.nodes.push({ edges: [], calls: [], epsilons: [], isFinal: false });
    return this.nodes.length - 1;
  }

  /** The number of a rule, which is built later. */
  #rule(key: Rule | Expression, body: Expression): number {
    let rule = this.#rules.get(key);
    if (rule === undefined) {
      rule = this.#waiting.length;
      this.#rules.set(key, rule);
      this.#waiting.push(body);
    }
    return rule;
  }

  #call(from: number, rule: number, least: number, most: number, to: number): void {
    const call = { id: this.calls.length, rule, least, most, to };
    this.calls.push(call);
    this.nodes[from]!.calls.push(call);
  }

  /** Adds what leads from one node to another by an expression. */
  #build(expression: Expression, from: number, to: number): void {
    switch (expression.kind) {
      case "bytes":
        this.nodes[from]!.edges.push({ set: expression.set, to });
        return;
      case "choice":
        for (const option of expression.options) this.#build(option, from, to);
        return;
      case "sequence":
        this.#sequence(expression.parts, from, to);
        return;
      case "rule":
        this.#call(from, this.#rule(expression.rule, expression.rule.body), 1, 1, to);
        return;
      case "repeat":
        this.#repeat(expression, from, to);
    }
  }

  #sequence(parts: readonly Expression[], from: number, to: number): void {
    if (parts.length === 0) this.nodes[from]!.epsilons.push(to);
    let at = from;
    parts.forEach((part, i) => {
      const next = i === parts.length - 1 ? to : this.#node();
      this.#build(part, at, next);
      at = next;
    });
  }

  #repeat({ body, least, most }: Expression & { kind: "repeat" }, from: number, to: number): void {
    const copies = Number.isFinite(most) ? most : least + 1;
    if (copies > 1 && copies * sizeOf(body, WRITTEN_OUT) > WRITTEN_OUT) {
      this.#call(from, this.#rule(body, body), least, most, to);
      if (least === 0) this.nodes[from]!.epsilons.push(to);
      return;
    }
    let at = from;
    for (let i = 0; i < least; i++) at = this.#append(body, at);
    // A node that nothing else enters or leaves, so that a loop stays inside.
    const loop = this.#node();
    this.nodes[at]!.epsilons.push(loop);
    this.nodes[loop]!.epsilons.push(to);
    if (!Number.isFinite(most)) this.#build(body, loop, loop);
    at = loop;
    for (let i = least; Number.isFinite(most) && i < most; i++) {
      at = this.#append(body, at);
      this.nodes[at]!.epsilons.push(to);
    }
  }

  #append(body: Expression, from: number): number {
    const to = this.#node();
    this.#build(body, from, to);
    return to;
  }
}

/** The number of nodes that an expression takes, or a number above the limit. */
function sizeOf(expression: Expression, limit: number): number {
  if (expression.kind === "bytes" || expression.kind === "rule") return 1;
  if (expression.kind === "repeat") {
    const { body, least, most } = expression;
    return Math.min(limit + 1, sizeOf(body, limit) * (Number.isFinite(most) ? most : least + 1));
  }
  let size = 1;
  for (const part of expression.kind === "sequence" ? expression.parts : expression.options) {
    size += sizeOf(part, limit);
    if (size > limit) break;
  }
  return size;
}
