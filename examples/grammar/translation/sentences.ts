import { capitalize, withArticles } from "../grammar";
import type { Clause, Pair, Words } from "./clause";
import { english, englishQuestion } from "./english";
import { finiteForm, german, germanInverted, germanVerbLast } from "./german";
import { joined, type Phrase } from "./phrases";
import { verbs } from "./verbs";

function finished(source: string, target: string, mark: "." | "?"): Pair {
  return { source: capitalize(withArticles(source)) + mark, target: capitalize(target) + mark };
}

export function statement(clause: Clause): Pair {
  return finished(english(clause), german(clause), ".");
}

/** Time first: "Today the fox …", "Heute … der Fuchs". */
export function timeFirst(clause: Clause): Pair {
  const { time } = clause;
  return finished(
    joined([time?.english, english(clause, false)]),
    joined([time?.german, germanInverted(clause, time === undefined)]),
    ".",
  );
}

export function question(clause: Clause): Pair {
  return finished(englishQuestion(clause), germanInverted(clause, true), "?");
}

/** A question with a question word that is not the subject: "Where does the fox live?" */
export function asking(word: Words, clause: Clause): Pair {
  return finished(
    joined([word.english, englishQuestion(clause)]),
    joined([word.german, germanInverted(clause, true)]),
    "?",
  );
}

/** "Who found the ring?": the question word is the subject. */
export function whoQuestion(clause: Clause): Pair {
  return finished(english(clause), german(clause), "?");
}

export function withSubordinate(main: Clause, conjunction: Words, clause: Clause): Pair {
  const comma = conjunction.english === "that" ? " " : ", ";
  return finished(
    `${english(main)}${comma}${conjunction.english} ${english(clause)}`,
    `${german(main)}, ${conjunction.german} ${germanVerbLast(clause)}`,
    ".",
  );
}

/** With the subordinate clause first, the main verb follows it directly. */
export function subordinateFirst(conjunction: Words, clause: Clause, main: Clause): Pair {
  return finished(
    `${conjunction.english} ${english(clause)}, ${english(main)}`,
    `${conjunction.german} ${germanVerbLast(clause)}, ${germanInverted(main, true)}`,
    ".",
  );
}

export function coordinated(first: Clause, conjunction: Words, second: Clause): Pair {
  return finished(
    `${english(first)}, ${conjunction.english} ${english(second)}`,
    `${german(first)}, ${conjunction.german} ${german(second)}`,
    ".",
  );
}

/** "There is a bird in the garden.": German puts the place first. */
export function existence(thing: Phrase, place: Words): Pair {
  const verb = thing.person === "many" ? "are" : "is";
  return finished(
    joined(["there", verb, thing.english.subject, place.english]),
    joined([place.german, finiteForm(verbs.be, thing.person), thing.german.nominative]),
    ".",
  );
}
