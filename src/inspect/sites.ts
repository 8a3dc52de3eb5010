import { fitsPath } from "../blocks/internal";
import { nearest } from "../nearest";
import { otherModules, otherNames } from "./other-names";

/** A pattern of sites: a module's path and a site, `blocks.*.attention.weights`. `*` matches any one name, `**` any number. */
export class SitePattern {
  readonly text: string;
  readonly #where: string;
  readonly #path: string;
  readonly #fits = new Map<string, boolean>();

  /** @param where the function to name in errors */
  constructor(where: string, text: string) {
    this.#where = where;
    this.text = text;
    this.#path = text.split(".").slice(0, -1).join(".");
  }

  /** Whether it matches a place, `blocks.0.attention.weights`. */
  matches(place: string): boolean {
    const known = this.#fits.get(place);
    if (known !== undefined) return known;
    const fits = fitsPath(this.text, place);
    this.#fits.set(place, fits);
    return fits;
  }

  /** @throws RangeError if there is no module at its path */
  expectModule(paths: readonly string[]): void {
    // "blocks.**" ends in any number of names.
    if (this.text.endsWith("**") || paths.some((path) => fitsPath(this.#path, path))) return;
    const each = `${this.#path}.*`;
    const advice = paths.some((path) => fitsPath(each, path))
      ? `did you mean "${each}"?`
      : (otherModules(this.text, paths) ?? `the closest are ${listed(nearest(this.#path, paths))}`);
    throw new RangeError(`${this.#where}: there is no module at "${this.#path}" of the site "${this.text}"; ${advice}`);
  }

  /** @throws RangeError if it matches no reported place */
  expectReported(places: readonly string[]): void {
    if (places.some((place) => this.matches(place))) return;
    if (places.length === 0)
      throw new RangeError(
        `${this.#where}: the run reported nothing, not even "${this.text}"; pass the pass on to the model`,
      );
    throw new RangeError(
      `${this.#where}: nothing was reported at "${this.text}" in this run; ${otherNames(this.text, places) ?? `the closest are ${listed(nearest(this.text, places))}`}`,
    );
  }
}

const listed = (names: readonly string[]): string =>
  names.map((name) => (name === "" ? "the model itself" : name)).join(", ") || "none";
