import { MOST_CHARACTERS, type Pupil, pupilFor, recital, teach } from "../compute/training";
import { html } from "../draw/dom";
import { Notice } from "../draw/follow";
import { LineChart } from "../draw/line-chart";
import type { Context } from "../state/context";
import { sentenceOf } from "../state/problems";

const FIRST =
  "one little bird sat in a tree, two little birds sang to me, three little birds flew to the sea. " +
  "one little fish swam in the sea, two little fish looked at me, three little fish hid under a tree. ";
const STEPS = 300;
/** Steps between two recitals. */
const RECITE_EVERY = 25;

/** A small model that learns the letters of a text while one looks on. */
export function mount(root: HTMLElement, { announce }: Context): void {
  let control: AbortController | undefined;
  const area = html("textarea", { id: "training-text", rows: 4, maxlength: MOST_CHARACTERS });
  area.value = FIRST;
  const notice = new Notice();
  const button = html(
    "button",
    { type: "button", class: "primary", click: () => (control ? stop() : void run()) },
    "Train",
  );
  const progress = html("progress", { max: STEPS, value: 0, "aria-label": "Steps of training" });
  const said = html(
    "p",
    { class: "summary" },
    `A model of two layers and random numbers learns these letters in ${STEPS} steps.`,
  );
  const chart = html("div", { class: "plane" });
  const recited = html("p", { class: "recital", "aria-label": "What the model writes now" });
  const label = html("label", { for: area.id, class: "field-label" }, "The text to learn");
  chart.hidden = recited.hidden = true;
  const controls = html("div", { class: "inline-field" }, button, progress);
  root.append(
    html("div", { class: "stack" }, html("div", {}, label, area), controls, notice.root, said, chart, recited),
  );

  function stop(): void {
    control?.abort(new Error("stopped"));
  }

  async function run(): Promise<void> {
    const pupil = pupilFor(area.value);
    if (typeof pupil === "string") return notice.say(pupil);
    notice.say(undefined);
    control = new AbortController();
    button.textContent = "Stop";
    area.disabled = true;
    const { signal } = control;
    try {
      await lesson(pupil, signal);
      announce(said.textContent ?? "");
    } catch (error) {
      if (!signal.aborted) notice.say(sentenceOf(error, navigator.onLine));
    }
    control = undefined;
    button.textContent = "Train again";
    area.disabled = false;
  }

  async function lesson(pupil: Pupil, signal: AbortSignal): Promise<void> {
    const uniform = Math.log(pupil.tokenizer.vocabSize);
    const curve = new LineChart({
      ...{ steps: STEPS, highest: Math.ceil(uniform) },
      level: { value: uniform, label: "guessing blindly" },
    });
    chart.replaceChildren(curve.root);
    chart.hidden = recited.hidden = false;
    const losses: number[] = [];
    const show = async () => {
      recited.textContent = await recital(pupil, 72);
    };
    await teach(pupil, {
      ...{ steps: STEPS, signal },
      onLoss: async (loss, step) => {
        losses.push(loss);
        progress.value = step + 1;
        chart.dataset.losses = String(losses.length);
        curve.update(losses);
        said.textContent = `Step ${step + 1} of ${STEPS}: loss ${loss.toFixed(3)}; the right letter gets ${Math.round(100 * Math.exp(-loss))} % on average.`;
        if (step % RECITE_EVERY === 0 || step + 1 === STEPS) await show();
      },
    });
  }
}
