import { kernels } from "../kernels";
import { type HeldRows, type RowCache, type RowChain, type RowState, runRow } from "../kernels/internal";
import type { Tensor } from "../tensor";
import { type RowSteps, rowOf, type Turning, valuesOf } from "../tensor/internal";
import type { MultiHeadAttention } from "./attention";
import { doors, type KeptRow } from "./cache-door";
import type { Pass, Sequence } from "./pass";
import type { PositionalEncoding } from "./position";
import { rowAttention } from "./row-attention";

/** Steps, what turns in them, and the attention behind them if nothing but attention is there. */
interface Link {
  readonly steps: RowSteps;
  readonly turn: { readonly position: PositionalEncoding } | undefined;
  readonly attention: MultiHeadAttention | undefined;
}

/** How far a row has come: before the steps of a stage, or behind them. */
export interface Progress {
  readonly at: number;
  readonly isBehind: boolean;
  readonly values: readonly Tensor<Sequence>[];
}

/** What turns queries and keys in each stage. */
export type Turnings = readonly (Turning | undefined)[];

/** Stages of a path between which there is only attention: as many as the kernels can run in one call. */
export class LinkedStages {
  readonly first: number;
  readonly #chain: RowChain;
  /** What each attention appends. */
  readonly #kept: readonly KeptRow[];

  constructor(first: number, links: readonly Link[]) {
    const layers = links.slice(0, -1).map(({ attention }) => attention!);
    this.first = first;
    const positions = links.map(({ turn }) => turn?.position);
    this.#chain = {
      programs: links.map(({ steps }) => steps.program!),
      attention: layers.map(rowAttention),
      turns: positions.map((position) => positions.indexOf(position)),
    };
    this.#kept = layers.map((module) => {
      const { keyValueHeads, headDim, window } = module;
      return { module, shape: [keyValueHeads, headDim], window };
    });
  }

  /**
   * From a stage on, as far as kernels, numbers and the cache allow.
   *
   * @param turnings of all stages of the path
   */
  run(at: number, inputs: readonly Tensor<Sequence>[], turnings: Turnings, pass: Pass): Progress {
    const { first } = this;
    const rows = this.#rowsOf(pass);
    const all = turnings.slice(first, first + this.#chain.programs.length);
    const given = inputs.map(valuesOf);
    const state = kernels().run(runRow, this.#chain, at - first, given, all, rows) as RowState;
    const isBehind = state.at === this.#chain.programs.length;
    return {
      at: first + state.at - Number(isBehind),
      isBehind,
      values: state.values === given ? inputs : state.values.map(rowOf),
    };
  }

  #rowsOf({ cache, mask, bias, memory }: Pass): RowCache | undefined {
    const door = cache && doors.get(cache);
    if (door === undefined || mask || bias || memory) return undefined;
    const kept = this.#kept;
    return {
      held(place): HeldRows | undefined {
        const room = door.roomForRow(kept[place]!);
        return room && { k: valuesOf(room.k), v: valuesOf(room.v), keys: room.keys };
      },
      wrote: (place) => door.wroteRow(kept[place]!.module),
    };
  }
}
