import { type Answer, answerTo, knownWords, QUESTIONS, type Question, type Words } from "../compute/words";
import { Bars } from "../draw/bars";
import { html } from "../draw/dom";
import { Notice, onceNear } from "../draw/follow";
import { scatter } from "../draw/scatter";
import { NumbersTable } from "../draw/table";
import type { Context } from "../state/context";
import { sentenceOf } from "../state/problems";

const NAMES = ["from", "minus", "plus"] as const;

/** Step 2, continued: directions between word vectors have a meaning. */
export function mount(root: HTMLElement, { models, started, announce }: Context): void {
  let latest = 0;
  const notice = new Notice();
  const list = html("datalist", { id: "known-words" });
  const fields = NAMES.map((name) =>
    html("input", {
      type: "text",
      "aria-label": `Word: ${name}`,
      list: list.id,
      maxlength: 40,
      autocomplete: "off",
      change: () => void ask(),
    }),
  );
  const [from, minus, plus] = fields as [HTMLInputElement, HTMLInputElement, HTMLInputElement];
  const result = html("output", { class: "equation-result" }, "…");
  const equation = html("div", { class: "equation" }, from, sign("−"), minus, sign("+"), plus, sign("≈"), result, list);
  const presets = html(
    "div",
    { class: "choices", role: "group", "aria-label": "Examples" },
    ...QUESTIONS.map((question) =>
      html(
        "button",
        { type: "button", click: () => fill(question) },
        `${question[0]} − ${question[1]} + ${question[2]}`,
      ),
    ),
  );
  const plane = html("div");
  const bars = new Bars("The nearest words, by cosine similarity");
  const table = new NumbersTable("Where each word lies in the plane");
  root.append(html("div", { class: "stack" }, presets, equation, notice.root, plane, bars.root, table.root));
  write(QUESTIONS[0]!);
  onceNear(root, started, () => void ask());

  function write(question: Question): void {
    fields.forEach((field, i) => {
      field.value = question[i]!;
    });
  }

  function fill(question: Question): void {
    write(question);
    void ask();
  }

  async function ask(): Promise<void> {
    const turn = ++latest;
    const question: Question = [from.value.trim(), minus.value.trim(), plus.value.trim()];
    if (question.includes("")) return notice.say("A field is empty. Type three words, such as king, man and woman.");
    try {
      const words = await models.words();
      if (turn !== latest) return;
      if (list.children.length === 0) suggest(words);
      show(question, answerTo(words, question));
    } catch (error) {
      if (turn === latest) notice.say(sentenceOf(error, navigator.onLine));
    }
  }

  function suggest(words: Words): void {
    list.append(...knownWords(words).map((word) => html("option", { value: word })));
  }

  function show([a, b, c]: Question, { answers, places, goal }: Answer): void {
    notice.say(undefined);
    const best = answers[0]!.word;
    result.textContent = best;
    announce(`${a} minus ${b} plus ${c} is nearest to ${best}`);
    const [placeA, placeB, placeC] = places;
    plane.replaceChildren(
      scatter(
        [
          ...places.map(({ word, x, y }, i) => ({
            ...{ key: word, label: word, x, y, kind: i < 3 ? ("own" as const) : ("near" as const) },
            ...(word === best && { kind: "goal" as const }),
          })),
        ],
        [
          { from: placeB!, to: placeA! },
          { from: placeC!, to: goal, isDashed: true },
        ],
      ),
    );
    bars.update(answers.map(({ word, similarity }) => ({ key: word, label: word, share: similarity })));
    table.update(
      ["Word", "x", "y"],
      [...places, { word: `${a} − ${b} + ${c}`, ...goal }].map(({ word, x, y }) => [word, number(x), number(y)]),
    );
  }
}

const sign = (text: string) => html("span", { class: "sign" }, text);

const number = (value: number) => ({ value, shown: value.toFixed(3) });
