import type { Clause } from "./clause";
import { joined, type Person } from "./phrases";
import { preterite, type Verb, verbs } from "./verbs";

export function finiteForm(verb: Verb, person: Person): string {
  return verb.german.present[person];
}

/** The German verb: its finite part, and the part at the end of the clause. */
function germanVerb({ verb, tense = "present", modal, subject: { person } }: Clause): { finite: string; end: string } {
  if (modal) return { finite: modal[tense][person], end: verb.german.infinitive };
  if (tense === "present") return { finite: finiteForm(verb, person), end: verb.german.prefix };
  const simple = preterite.get(verb);
  if (simple) return { finite: simple[person], end: "" };
  const auxiliary = verb.german.auxiliary === "sein" ? verbs.be : verbs.have;
  return { finite: finiteForm(auxiliary, person), end: verb.german.participle };
}

/**
 * Between the verb's two parts: pronouns, then the indirect object, time, known before new,
 * and "nicht" before place and predicate.
 */
function germanMiddle(clause: Clause, withTime: boolean): string {
  const { verb, recipient, object, time, negated, gladly, complement } = clause;
  const thing = object?.german[verb.german.governs];
  const rank = object?.kind === "definite" && verb.german.governs === "dative" ? "recipient" : object?.kind;
  return joined([
    rank === "pronoun" || rank === "recipient" ? thing : "",
    recipient?.german.dative,
    withTime ? time?.german : "",
    rank === "definite" ? thing : "",
    gladly ? "gern" : "",
    negated && rank !== "indefinite" ? "nicht" : "",
    complement?.german,
    rank === "indefinite" ? thing : "",
  ]);
}

export function german(clause: Clause): string {
  const { finite, end } = germanVerb(clause);
  return joined([clause.subject.german.nominative, finite, germanMiddle(clause, true), end]);
}

/** If something other than the subject comes first, the subject follows the verb. */
export function germanInverted(clause: Clause, withTime: boolean): string {
  const { finite, end } = germanVerb(clause);
  return joined([finite, clause.subject.german.nominative, germanMiddle(clause, withTime), end]);
}

/** In a subordinate clause the finite verb comes last and joins its prefix: "weil er zurückkommt". */
export function germanVerbLast(clause: Clause): string {
  const { finite, end } = germanVerb(clause);
  const separable = !clause.modal && (clause.tense ?? "present") === "present";
  const verbEnd = separable ? end + finite : joined([end, finite]);
  return joined([clause.subject.german.nominative, germanMiddle(clause, true), verbEnd]);
}
