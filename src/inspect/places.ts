import type { Module } from "../blocks";
import { everyPath } from "../blocks/internal";

/** The names of modules' sites, in a record and in patterns. */
export class Places {
  /** The paths of each module; several only if it stands in several places of one list, as ALBERT's block does. */
  readonly #paths: ReadonlyMap<Module, readonly string[]>;
  /** How often each site of a module in several places has been reported since the model began. */
  #times = new Map<Module, Map<string, number>>();

  constructor(model: Module) {
    this.#paths = new Map([...everyPath(model)].map(([module, paths]) => [module, likeTheFirst(paths)]));
  }

  get paths(): string[] {
    return [...this.#paths.values()].flat();
  }

  /** Every place that the site of a module may be, `path.site`; none for a module of another model. */
  of(module: Module, site: string): string[] {
    return (this.#paths.get(module) ?? []).map((path) => placeOf(path, site));
  }

  /** The place of what is reported now: of a module in several places, they take turns. */
  next(module: Module, site: string): string {
    const paths = this.#paths.get(module)!;
    if (paths.length === 1) return placeOf(paths[0]!, site);
    const times = this.#times.get(module) ?? new Map<string, number>();
    const time = times.get(site) ?? 0;
    this.#times.set(module, times.set(site, time + 1));
    return placeOf(paths[time % paths.length]!, site);
  }

  /** A model begins to run: its modules take their turns from the first. */
  begin(): void {
    this.#times.clear();
  }
}

const placeOf = (path: string, site: string): string => (path === "" ? site : `${path}.${site}`);

const numberless = (path: string): string => path.replace(/\d+/g, "#");

/** The paths that differ from the first only in numbers, the places of lists. */
const likeTheFirst = (paths: readonly string[]): readonly string[] =>
  paths.filter((path) => numberless(path) === numberless(paths[0]!));
