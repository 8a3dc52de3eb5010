import { headOf, type LayerAttention, meanHead } from "../compute/attention";
import { type Translation, translated } from "../compute/translation";
import { html, percent, setProperty } from "../draw/dom";
import { Notice, onceNear } from "../draw/follow";
import { matrix } from "../draw/matrix";
import type { Context } from "../state/context";
import { sentenceOf } from "../state/problems";

const FIRST = "The old bear gave the girl a red apple.";
/** Milliseconds without typing before a text is translated. */
const PAUSE = 250;

/** Step 6, continued: a decoder writes while it looks at a source, which the encoder read once. */
export function mount(root: HTMLElement, { models, started, announce }: Context): void {
  let latest = 0;
  let shown: Translation | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const input = html("input", {
    ...{ type: "text", id: "translation-text", maxlength: 300 },
    input: () => {
      clearTimeout(timer);
      timer = setTimeout(run, PAUSE);
    },
  });
  input.value = FIRST;
  const notice = new Notice();
  const output = html("output", { class: "translated", for: input.id, lang: "de" });
  const counts = html("dl", { class: "counts" });
  const source = html("div", { class: "linked", "aria-label": "Source", role: "group" });
  const target = html("div", {
    class: "linked",
    "aria-label": "Translation: each word shows what it looks at",
    role: "group",
  });
  const choice = html("select", { id: "cross-head", change: () => shown && showAttention(shown) });
  const square = html("div");
  const pictures = html(
    "div",
    { class: "card" },
    html("h3", {}, "What each German word looks at"),
    html("div", { class: "inline-field" }, html("label", { for: choice.id }, "Heads"), choice),
    ...[target, source, square],
  );
  const label = html("label", { for: input.id, class: "field-label" }, "An English sentence");
  root.append(html("div", { class: "stack" }, html("div", {}, label, input), notice.root, output, counts, pictures));
  pictures.hidden = true;
  onceNear(root, started, () => void run());

  async function run(): Promise<void> {
    const turn = ++latest;
    const text = input.value.trim();
    if (text === "")
      return notice.say("The field is empty. Type a short English sentence about people, animals or food.");
    try {
      const result = await translated(await models.translate(), text);
      if (turn === latest) show(result);
    } catch (error) {
      if (turn === latest) notice.say(sentenceOf(error, navigator.onLine));
    }
  }

  function show(result: Translation): void {
    shown = result;
    notice.say(undefined);
    output.textContent = result.text;
    announce(result.text);
    counts.replaceChildren(
      ...count("Encoder", result.encoderRuns, "run"),
      ...count("Decoder", result.decoderSteps, "step"),
    );
    pictures.hidden = result.layers.length === 0;
    choice.replaceChildren(
      html("option", { value: "mean" }, "all, on average"),
      ...result.layers.flatMap(({ layer, heads }) =>
        Array.from({ length: heads }, (_, head) =>
          html("option", { value: `${layer}.${head}` }, `layer ${layer + 1}, head ${head + 1}`),
        ),
      ),
    );
    showAttention(result);
  }

  function showAttention(result: Translation): void {
    const weights = weightsOf(result.layers, choice.value);
    const columns = result.source.length;
    const sources = result.source.map((word) => html("span", { class: "link-word" }, word));
    const look = (row: number) => {
      sources.forEach((word, column) => {
        setProperty(word, "--share", weights[row * columns + column]!.toFixed(3));
      });
      targets.forEach((word, i) => {
        word.classList.toggle("on", i === row);
      });
    };
    const targets = result.target.map((word, row) => {
      const listen = () => look(row);
      return html(
        "button",
        { type: "button", class: "link-word", pointerenter: listen, focus: listen, click: listen },
        word,
      );
    });
    source.replaceChildren(...sources);
    target.replaceChildren(...targets);
    look(0);
    const tell = (row: number, column: number, share: number) =>
      `“${result.target[row]}” gives ${percent(share)} of its attention to “${result.source[column]}”`;
    square.replaceChildren(matrix(weights, { rows: result.target, columns: result.source, tell }));
  }
}

function weightsOf(layers: readonly LayerAttention[], name: string): Float32Array {
  const [layer, head] = name.split(".").map(Number);
  const found = layers.find((one) => one.layer === layer);
  if (found && head !== undefined) return headOf(found, head);
  const means = layers.map(meanHead);
  return means[0]!.map((_, i) => means.reduce((sum, mean) => sum + mean[i]!, 0) / means.length);
}

function count(name: string, value: number, unit: string): HTMLElement[] {
  const plural = value === 1 ? unit : `${unit}s`;
  return [html("dt", {}, name), html("dd", { "data-value": value }, html("strong", {}, String(value)), ` ${plural}`)];
}
