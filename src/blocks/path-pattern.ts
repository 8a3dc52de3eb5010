/**
 * Whether a path, names joined by dots, matches a pattern: `*` matches any one name, `**` any number of names,
 * including none. `blocks.0.**` matches everything in the first block.
 */
export function fitsPath(pattern: string, path: string): boolean {
  const wanted = pattern.split(".");
  // All positions in the pattern that the path so far can reach. Tracking them together keeps every pattern fast.
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

/** The positions, and those after any `**` that matches no name. */
function withoutNames(wanted: readonly string[], places: Set<number>): Set<number> {
  // The loop also visits elements added on the way.
  for (const place of places) if (wanted[place] === "**") places.add(place + 1);
  return places;
}
