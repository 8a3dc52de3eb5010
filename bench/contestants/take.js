/** A stream of tokens, taken `count` at a time: the very first ends the prompt and is not timed. */
export async function take(open, count) {
  const stream = open()[Symbol.asyncIterator]();
  const first = [await next(stream)];
  const repeat = async () => {
    for (let t = 0; t < count; t++) {
      const token = await next(stream);
      if (first.length < 8) first.push(token);
    }
  };
  return { repeat, check: () => first };
}

async function next(stream) {
  const { value, done } = await stream.next();
  if (done) throw new Error("the stream ended early");
  return value;
}
