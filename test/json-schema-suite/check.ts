/**
 * Runs the JSON Schema Test Suite, https://github.com/json-schema-org/JSON-Schema-Test-Suite, against `jsonSchema`: every
 * schema that it takes must accept what is valid and refuse what is not. Prints a table by file, and fails if anything is
 * wrong.
 *
 *     npm run check:suite -- path/to/JSON-Schema-Test-Suite
 */
import { DRAFTS, runDraft } from "./suite";

const [directory] = process.argv.slice(2);
if (directory === undefined) throw new Error("Pass the directory of the suite: npm run check:suite -- DIRECTORY");

let wrong = 0;
for (const draft of DRAFTS)
  for (const strict of [false, true]) {
    const counts = runDraft(directory, { draft, strict });
    const sum = (of: (count: typeof counts extends Map<string, infer C> ? C : never) => number): number =>
      [...counts.values()].reduce((total, count) => total + of(count), 0);
    console.log(`\n${draft}, strict: ${strict}`);
    console.log(
      `${sum((c) => c.passed)} passed, ${sum((c) => c.narrowed)} valid but not written, ${sum((c) => c.refused.length)} schemas refused, ${sum((c) => c.wrong.length)} wrong`,
    );
    if (!strict)
      console.table(
        Object.fromEntries(
          Array.from(counts, ([name, { passed, narrowed, refused, wrong: failed }]) => [
            name,
            { passed, narrowed, refused: refused.length, wrong: failed.length },
          ]),
        ),
      );
    for (const [name, { refused, wrong: failed }] of counts) {
      if (!strict) for (const message of refused) console.log(`refused ${name}: ${message}`);
      for (const message of failed) console.log(`WRONG ${name}: ${message}`);
      wrong += failed.length;
    }
  }
process.exitCode = wrong === 0 ? 0 : 1;
