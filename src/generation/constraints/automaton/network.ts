import { type ByteSet, byteClasses, hasByte } from "./byte-set";
import type { Expression } from "./expression";
import { type Call, type Edge, NetworkBuilder, type Node } from "./network-builder";

export type { Call } from "./network-builder";

/** What can be read, called or ended from a node, without reading anything before. */
export interface Reach {
  /** Nodes with edges that read a byte. */
  readonly readers: readonly number[];
  readonly calls: readonly Call[];
  readonly isFinal: boolean;
}

/**
 * A recursive transition network: a nondeterministic automaton for each rule, whose edges read a byte, read nothing, or
 * call a rule.
 *
 * @see Woods 1970, Transition Network Grammars for Natural Language Analysis
 */
export class Network {
  /** The function that made it, for messages. */
  readonly where: string;
  readonly calls: readonly Call[];
  /** The class of each byte: the network does not tell bytes of one class apart. */
  readonly classOf: Uint8Array;
  /** One byte of each class. */
  readonly members: readonly number[];
  readonly #nodes: readonly Node[];
  readonly #starts: readonly number[];
  readonly #reaches: (Reach | undefined)[] = [];
  /** For each node and class of bytes, the nodes that follow. */
  readonly #followers: ((readonly number[])[] | undefined)[] = [];

  /** @throws RangeError if the grammar is too large */
  constructor(where: string, root: Expression) {
    const { calls, nodes, starts } = new NetworkBuilder(where, root);
    this.where = where;
    this.calls = calls;
    this.#nodes = nodes;
    this.#starts = starts;
    const sets = new Set(nodes.flatMap(({ edges }) => edges.map(({ set }) => set)));
    ({ classOf: this.classOf, members: this.members } = byteClasses(sets));
  }

  /** The first node of a rule. */
  start(rule: number): number {
    return this.#starts[rule]!;
  }

  reach(node: number): Reach {
    this.#reaches[node] ??= this.#reachOf(node);
    return this.#reaches[node];
  }

  #reachOf(node: number): Reach {
    const seen = new Set([node]);
    for (const at of seen) for (const to of this.#nodes[at]!.epsilons) seen.add(to);
    const nodes = Array.from(seen, (at) => this.#nodes[at]!);
    return {
      readers: [...seen].filter((at) => this.#nodes[at]!.edges.length > 0),
      calls: nodes.flatMap(({ calls }) => calls),
      isFinal: nodes.some(({ isFinal }) => isFinal),
    };
  }

  /** The nodes after a byte of a class. */
  after(node: number, byteClass: number): readonly number[] {
    const followers = this.#followers[node] ?? [];
    this.#followers[node] = followers;
    followers[byteClass] ??= this.#nodes[node]!.edges.filter(({ set }) => hasByte(set, this.members[byteClass]!)).map(
      ({ to }) => to,
    );
    return followers[byteClass];
  }

  /**
   * The least number of bytes from each node to the end of its rule; Infinity if no end can be reached.
   *
   * @param usable whether a byte can be written on its own
   * @see Knuth 1977, A Generalization of Dijkstra's Algorithm
   */
  distances(usable: (byte: number) => boolean): Float64Array {
    const far = new Float64Array(this.#nodes.length).fill(Number.POSITIVE_INFINITY);
    const ways = this.#waysBefore(usable);
    const queue: number[] = [];
    this.#nodes.forEach(({ isFinal }, node) => {
      if (isFinal) far[node] = 0;
      if (isFinal) queue.push(node);
    });
    for (const node of queue)
      for (const { from, distance } of ways[node]!) {
        const found = distance(far);
        if (found >= far[from]!) continue;
        far[from] = found;
        queue.push(from);
      }
    return far;
  }

  /** For each node the ways whose distance depends on it. */
  #waysBefore(usable: (byte: number) => boolean): Way[][] {
    const bytes = Array.from({ length: 256 }, (_, byte) => byte).filter(usable);
    const canWrite = new Map<ByteSet, boolean>();
    const isWritable = ({ set }: Edge): boolean => {
      let known = canWrite.get(set);
      if (known === undefined) {
        known = bytes.some((byte) => hasByte(set, byte));
        canWrite.set(set, known);
      }
      return known;
    };
    const ways: Way[][] = this.#nodes.map(() => []);
    this.#nodes.forEach(({ epsilons, edges, calls }, from) => {
      for (const to of epsilons) ways[to]!.push({ from, distance: (far) => far[to]! });
      for (const edge of edges)
        if (isWritable(edge)) ways[edge.to]!.push({ from, distance: (far) => 1 + far[edge.to]! });
      for (const { rule, least, to } of calls) {
        const start = this.#starts[rule]!;
        const way: Way = { from, distance: (far) => Math.max(least, 1) * far[start]! + far[to]! };
        ways[to]!.push(way);
        ways[start]!.push(way);
      }
    });
    return ways;
  }
}

interface Way {
  readonly from: number;
  readonly distance: (far: Float64Array) => number;
}
