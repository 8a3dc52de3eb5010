/** A stream of random numbers, as far as it can be put back. */
interface Stream {
  state(): { readonly drawn: number };
  moveTo(position: number): void;
}

/** Streams by the word that they were at before they were drawn from. */
export type Drawn = ReadonlyMap<Stream, number>;

let watched: Map<Stream, number> | undefined;

/** Called by a stream before it draws. */
export function noteDraw(stream: Stream, position: number): void {
  if (watched !== undefined && !watched.has(stream)) watched.set(stream, position);
}

/** Runs f, and notes in `drawn` which streams it draws from. */
export function watchDraws<Result>(f: (drawn: Drawn) => Result): Result {
  const around = watched;
  const drawn = new Map<Stream, number>();
  watched = drawn;
  try {
    return f(drawn);
  } finally {
    watched = around;
    for (const [stream, position] of drawn) if (around?.has(stream) === false) around.set(stream, position);
  }
}

/** Runs f with streams as they were, and puts them back. */
export function repeatDraws<Result>(drawn: Drawn, f: () => Result): Result {
  const around = watched;
  const positions = [...drawn.keys()].map((stream) => [stream, stream.state().drawn] as const);
  watched = undefined;
  for (const [stream, position] of drawn) stream.moveTo(position);
  try {
    return f();
  } finally {
    for (const [stream, position] of positions) stream.moveTo(position);
    watched = around;
  }
}
