const LONGEST = 80;

/** A name out of a file as an error message shows it: quoted, escaped, and cut where it is long. */
export function quote(text: string): string {
  return JSON.stringify(text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
}
