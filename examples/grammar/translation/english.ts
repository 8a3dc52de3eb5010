import type { Clause } from "./clause";
import { joined } from "./phrases";
import { modals, verbs } from "./verbs";

const be = {
  present: { I: "am", you: "are", one: "is", many: "are" },
  past: { I: "was", you: "were", one: "was", many: "were" },
};

/** The English finite verb, "not" and the rest: ["does", "not", "see"], ["", "", "sees"]. */
function englishVerb({ verb, tense = "present", modal, negated, gladly, subject }: Clause, asked: boolean) {
  const not = negated ? "not" : "";
  const { base } = verb.english;
  const past = tense === "past";
  const third = subject.person === "one";
  if (modal === modals.can) return [past ? "could" : "can", not, base];
  if (modal === modals.must) return past ? ["", "", `had to ${base}`] : ["must", not, base];
  if (verb === verbs.be && !modal) return [be[tense][subject.person], not, ""];
  const head = modal ? { base: "want", third: "wants", past: "wanted" } : gladly ? like : verb.english;
  const tail = modal || gladly ? `to ${base}` : "";
  if (negated || asked) return [past ? "did" : third ? "does" : "do", not, joined([head.base, tail])];
  return ["", "", joined([past ? head.past : third ? head.third : head.base, tail])];
}

const like = { base: "like", third: "likes", past: "liked" };

function englishRest({ recipient, object, complement, time }: Clause, withTime: boolean): string {
  return joined([
    recipient?.english.object,
    object?.english.object,
    complement?.english,
    withTime ? time?.english : undefined,
  ]);
}

export function english(clause: Clause, withTime = true): string {
  const [finite, not, remainder] = englishVerb(clause, false);
  return joined([
    clause.subject.english.subject,
    finite === "can" && not ? "cannot" : joined([finite, not]),
    remainder,
    englishRest(clause, withTime),
  ]);
}

export function englishQuestion(clause: Clause): string {
  const [finite, not, remainder] = englishVerb(clause, true);
  return joined([finite, clause.subject.english.subject, not, remainder, englishRest(clause, true)]);
}
