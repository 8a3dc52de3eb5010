const LONGEST = 80;

/** A name from a file for an error message: quoted, escaped and shortened. */
export function quote(text: string): string {
  return JSON.stringify(text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
}
