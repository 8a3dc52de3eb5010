/** One value of each generator after the other, until all have ended. Leaving the loop ends them all. */
export async function* inTurns<Value>(generators: readonly AsyncGenerator<Value>[]): AsyncGenerator<Value> {
  let live = generators;
  try {
    while (live.length > 0) {
      const left: AsyncGenerator<Value>[] = [];
      for (const generator of live) {
        const next = await generator.next();
        if (next.done) continue;
        left.push(generator);
        yield next.value;
      }
      live = left;
    }
  } finally {
    for (const generator of generators) await generator.return(undefined);
  }
}
