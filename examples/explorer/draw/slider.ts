import { html } from "./dom";

export interface SliderOptions {
  label: string;
  min: number;
  max: number;
  step: number;
  value: number;
  show(value: number): string;
  change(value: number): void;
}

export function slider({ label, show, change, ...range }: SliderOptions): HTMLLabelElement {
  const shown = html("output", {}, show(range.value));
  const input = html("input", {
    ...{ type: "range", ...range, "aria-valuetext": show(range.value) },
    input: () => {
      const value = input.valueAsNumber;
      shown.textContent = show(value);
      input.setAttribute("aria-valuetext", show(value));
      change(value);
    },
  });
  return html("label", { class: "slider" }, html("span", { class: "slider-name" }, label), input, shown);
}
