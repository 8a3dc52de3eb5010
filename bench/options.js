/** The options of the command line. */
export const usage = `npm run bench -- [options]
  --smoke              tiny sizes, whichever peers are installed, nothing saved
  --only a,b           only these rows; limits are always measured
  --title text         of these rows, only those whose title contains the text; limits are not rows of their own
  --who a,b            only these contestants
  --against commit     only this library, in turn with its build at another commit; nothing saved
  --node a,b           versions of Node, such as 20,24.9.0, or paths of executables (the Node that runs this)
  --python path        a Python that has torch, for the training row
  --threads a,b        numbers of threads (1,2, or 1 on one core)
  --repetitions n      maximum number of timed runs of each contestant (9)
  --seconds n          time limit of a row, once each contestant has run (60)
  --write              into the table of docs/measurements.md, not bench/results.md`;

/** @throws RangeError with the usage for an unknown or wrong option */
export function optionsFrom(words, rowNames) {
  const options = { smoke: false, write: false, only: rowNames, repetitions: 9, seconds: 60 };
  for (let at = 0; at < words.length; at++) {
    const name = words[at];
    if (name === "--smoke") options.smoke = true;
    else if (name === "--write") options.write = true;
    else if (name === "--against") options.against = textOf(name, words[++at], "a commit");
    else if (name === "--node") options.node = namesOf(words[++at], "a version of Node");
    else if (name === "--python") options.python = textOf(name, words[++at], "a path");
    else if (name === "--only") options.only = namesOf(words[++at], "a row", rowNames);
    else if (name === "--title") options.title = textOf(name, words[++at], "a part of a title");
    else if (name === "--who") options.who = namesOf(words[++at], "a contestant");
    else if (name === "--threads")
      options.threads = namesOf(words[++at], "a number of threads").map((word) => countOf(name, word));
    else if (name === "--repetitions") options.repetitions = countOf(name, words[++at]);
    else if (name === "--seconds") options.seconds = countOf(name, words[++at]);
    else throw new RangeError(`bench: there is no option ${name}\n${usage}`);
  }
  const contradicting = ["who", "write"].find((name) => options.against && options[name]);
  if (contradicting) throw new RangeError(`bench: --${contradicting} has no meaning with --against\n${usage}`);
  return options;
}

function namesOf(list = "", what, known) {
  const names = list.split(",").filter(Boolean);
  const wrong = names.find((name) => known && !known.includes(name));
  if (names.length === 0 || wrong !== undefined)
    throw new RangeError(`bench: "${wrong ?? list}" is not ${known ? `one of ${known.join(", ")}` : what}\n${usage}`);
  return names;
}

function textOf(name, word, what) {
  if (!word) throw new RangeError(`bench: ${name} needs ${what}\n${usage}`);
  return word;
}

function countOf(name, word) {
  const count = Number(word);
  if (!Number.isInteger(count) || count < 1)
    throw new RangeError(`bench: ${name} needs a number of at least 1\n${usage}`);
  return count;
}
