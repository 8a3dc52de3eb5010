import { type Opened, openOwn } from "../compute/own";
import { count } from "../compute/tokens";
import { html } from "../draw/dom";
import { Notice } from "../draw/follow";
import type { Context } from "../state/context";
import { sentenceOf } from "../state/problems";

/** Opens a model of the visitor's own: from a folder, or from an address. */
export function mount(root: HTMLElement, context: Context): void {
  const notice = new Notice();
  const said = html("p", { class: "summary", role: "status" });
  const picker = html("input", { type: "file", id: "own-folder", multiple: true, change: () => void fromFolder() });
  picker.webkitdirectory = true;
  const address = html("input", {
    ...{ type: "url", id: "own-address", placeholder: "https://…/resolve/main", autocomplete: "off" },
    keydown: (event) => {
      if ((event as KeyboardEvent).key === "Enter") void fromAddress();
    },
  });
  const open = html("button", { type: "button", class: "primary", click: () => void fromAddress() }, "Open");
  const back = html("button", { type: "button", hidden: true, click: () => void shipped() }, "Back to the storyteller");
  const folder = html(
    "div",
    { class: "card" },
    html("label", { for: picker.id, class: "field-label" }, "A folder of this computer"),
    picker,
  );
  const web = html(
    "div",
    { class: "card" },
    html("label", { for: address.id, class: "field-label" }, "An address of a folder"),
    html("div", { class: "inline-field" }, address, open),
  );
  root.append(html("div", { class: "stack" }, html("div", { class: "two" }, folder, web), notice.root, said, back));

  async function fromFolder(): Promise<void> {
    const files = [...(picker.files ?? [])];
    if (files.length > 0) await use(() => openOwn({ files }, memoryOf(navigator)));
  }

  async function fromAddress(): Promise<void> {
    const text = address.value.trim();
    if (text === "")
      return notice.say("Type the address of a folder with config.json, model.safetensors and tokenizer.json.");
    await use(() => openOwn({ address: text, base: document.baseURI }, memoryOf(navigator)));
  }

  async function shipped(): Promise<void> {
    context.reader.value = { name: "the storyteller", pretrained: await context.models.story(), knowsWords: true };
    back.hidden = true;
    said.textContent = "Steps 1 to 5 show the storyteller again.";
  }

  async function use(start: () => Promise<Opened | string>): Promise<void> {
    open.disabled = picker.disabled = true;
    said.textContent = "Opening …";
    try {
      const opened = await start();
      notice.say(typeof opened === "string" ? opened : undefined);
      said.textContent = "";
      if (typeof opened === "object") {
        context.reader.value = opened;
        back.hidden = false;
        const { config } = opened.pretrained.model;
        said.textContent = `Steps 1 to 5 now show ${opened.name}: ${count(opened.parameters)} parameters, ${count(config.vocabSize)} tokens.`;
      }
    } catch (error) {
      said.textContent = "";
      notice.say(sentenceOf(error, navigator.onLine));
    }
    open.disabled = picker.disabled = false;
  }
}

/** GiB of memory, where the browser tells it. */
function memoryOf(browser: Navigator): number | undefined {
  const memory: unknown = Reflect.get(browser, "deviceMemory");
  return typeof memory === "number" ? memory : undefined;
}
