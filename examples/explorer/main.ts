/** A page that shows the inside of language models: `npm run explorer`. */

import { kernelInfo } from "transformer-blocks/kernels";
import { keepForLater } from "./frame/keep";
import { pageFrame } from "./frame/page";
import { promptBar } from "./frame/prompt-bar";
import { panels } from "./panels";
import { contextOf } from "./state/context";
import { ShippedModels } from "./state/models";
import { sentenceOf } from "./state/problems";

const FIRST_TEXT = "Once upon a time a brave girl named Mia lived";

const models = new ShippedModels(document.baseURI);
const page = pageFrame(panels);
let begin = () => {};
const started = new Promise<void>((resolve) => {
  begin = resolve;
});
const context = contextOf({ models, text: FIRST_TEXT, started, announce: page.announce });
page.show(promptBar(context));
for (const { panel, root } of page.places) panel.mount(root, context);

/** Loads the model that steps 1 to 5 run. */
async function start(): Promise<void> {
  page.say("Loading the storyteller …");
  try {
    const pretrained = await models.story();
    page.say(undefined);
    page.tellKernels(kernelInfo());
    context.reader.value = { name: "the storyteller", pretrained, knowsWords: true };
    void keepForLater(models.addresses);
  } catch (error) {
    page.say(sentenceOf(error, navigator.onLine), start);
  }
  begin();
}

window.addEventListener("error", ({ error }) => page.say(sentenceOf(error, navigator.onLine)));
window.addEventListener("unhandledrejection", ({ reason }) => page.say(sentenceOf(reason, navigator.onLine)));
await start();
