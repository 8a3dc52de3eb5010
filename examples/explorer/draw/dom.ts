/** An attribute; a function listens to the event of that name; `true` and `false` set or omit it. */
export type Attributes = Readonly<Record<string, string | number | boolean | undefined | ((event: Event) => void)>>;
export type Child = Node | string | undefined;

function filled<E extends Element>(element: E, attributes: Attributes, children: readonly Child[]): E {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== undefined && value !== false) element.setAttribute(name, String(value));
  }
  element.append(...children.filter((child) => child !== undefined));
  return element;
}

export const html = <K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] => filled(document.createElement(tag), attributes, children);

export const svg = <K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): SVGElementTagNameMap[K] => filled(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);

/** A custom property, which a strict Content-Security-Policy allows where it forbids style attributes. */
export function setProperty(element: HTMLElement | SVGElement, name: string, value: string | number): void {
  element.style.setProperty(name, String(value));
}

/** A share of the whole. What is almost nothing or almost all is not called 0 or 100. */
export function percent(share: number, digits = 1): string {
  const least = 10 ** -digits;
  if (share > 0 && 100 * share < least / 2) return `< ${least}\u00a0%`;
  if (share < 1 && 100 - 100 * share < least / 2) return `> ${(100 - least).toFixed(digits)}\u00a0%`;
  return `${(100 * share).toFixed(digits)}\u00a0%`;
}

/** A picture that is wider than its place scrolls in a frame of its own, so that the page does not. */
export const scrolling = (label: string, ...children: readonly Child[]): HTMLDivElement =>
  html("div", { class: "scrolling", role: "group", "aria-label": label, tabindex: 0 }, ...children);
