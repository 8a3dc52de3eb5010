/**
 * Whether a path, names joined by dots, fits a pattern: `*` stands for any one name, `**` for any number of names, none
 * included. `blocks.0.**` fits all that lies below the first block.
 */
export function fitsPath(pattern: string, path: string): boolean {
  const wanted = pattern.split(".");
  // How far into the pattern each beginning of the path leads: all ways at once, so that no pattern takes long.
  let places = withoutNames(wanted, new Set([0]));
  for (const name of path.split(".")) {
    const next = new Set<number>();
    for (const place of places) {
      if (wanted[place] === "**") next.add(place);
      else if (wanted[place] === "*" || wanted[place] === name) next.add(place + 1);
    }
    places = withoutNames(wanted, next);
  }
  return places.has(wanted.length);
}

/** The places, and those behind any `**` that stands for no name. */
function withoutNames(wanted: readonly string[], places: Set<number>): Set<number> {
  // A set that grows is walked to its end.
  for (const place of places) if (wanted[place] === "**") places.add(place + 1);
  return places;
}
