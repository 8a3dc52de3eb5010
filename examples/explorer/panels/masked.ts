import { fillings, moods, type Word, wordsOf } from "../compute/masking";
import { Bars } from "../draw/bars";
import { html } from "../draw/dom";
import { Notice, onceNear } from "../draw/follow";
import type { Context } from "../state/context";
import { sentenceOf } from "../state/problems";

const FIRST = "The boat sailed on the sea.";
const HIDDEN = "sea";

/** Step 6: an encoder sees both sides of a hidden word. */
export function mount(root: HTMLElement, { models, started, announce }: Context): void {
  let hidden: Word | undefined;
  let latest = 0;
  const input = html("input", { type: "text", id: "masked-text", maxlength: 400, input: () => changed() });
  input.value = FIRST;
  const words = html("div", { class: "sentence", role: "group", "aria-label": "Choose the word to hide" });
  const bars = new Bars("What the model puts in place of the hidden word");
  const moodBars = new Bars("The mood of the whole sentence");
  const mood = html(
    "div",
    { hidden: true },
    html("h3", {}, "The mood of the whole sentence, by another head"),
    moodBars.root,
  );
  const notice = new Notice();
  const label = html("label", { for: input.id, class: "field-label" }, "A sentence");
  root.append(html("div", { class: "stack" }, html("div", {}, label, input), words, notice.root, bars.root, mood));
  onceNear(root, started, changed);

  function changed(): void {
    const all = wordsOf(input.value);
    hidden = all.find(({ text }) => text === (hidden?.text ?? HIDDEN)) ?? all.at(-1);
    show(all);
  }

  function show(all: readonly Word[]): void {
    const { value } = input;
    words.replaceChildren(
      ...all.flatMap((word, i) => [
        value.slice(all[i - 1]?.end ?? 0, word.start),
        html(
          "button",
          {
            ...{ type: "button", "aria-pressed": String(word === hidden), "aria-label": `Hide “${word.text}”` },
            click: () => {
              hidden = word;
              show(all);
              words.querySelector<HTMLElement>('[aria-pressed="true"]')?.focus();
            },
          },
          word.text,
        ),
      ]),
      value.slice(all.at(-1)?.end ?? 0),
    );
    void fill(value);
  }

  async function fill(text: string): Promise<void> {
    const turn = ++latest;
    if (hidden === undefined) {
      bars.update([]);
      mood.hidden = true;
      return notice.say("Type a sentence of a few English words, and choose the one to hide.");
    }
    try {
      const model = await models.fill();
      const found = await fillings(model, text, hidden);
      const felt = model.config.id2label === undefined ? [] : await moods(await models.mood(), text);
      if (turn !== latest) return;
      notice.say(undefined);
      bars.update(found.map(({ token, id, score }) => ({ key: String(id), label: token, share: score })));
      mood.hidden = felt.length === 0;
      moodBars.update(felt.map(({ label, score }) => ({ key: label, label, share: score })));
      announce(`In place of “${hidden.text}”: ${found[0]!.token}, ${Math.round(100 * found[0]!.score)} percent`);
    } catch (error) {
      if (turn === latest) notice.say(sentenceOf(error, navigator.onLine));
    }
  }
}
