import { capitalize, type Entity, type Plot, withoutArticles } from "../grammar";

/** A form found in a text, with everybody in the role who has it. */
export interface Sighting {
  readonly role: string;
  readonly field: string;
  readonly text: string;
  readonly candidates: ReadonlySet<Entity>;
}

type Group = (text: string) => Sighting;

/** A template as a regular expression: a group for each form, and what finding it means. */
export interface Pattern {
  readonly expression: RegExp;
  readonly groups: readonly Group[];
}

const escaped = (text: string) => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
const SLOT = /\{(\w+)(?:\.(\w+))?\}/;

/** Compiles a template in which every role may be anybody in every place. */
export function patternOf(plot: Plot, template: string): Pattern {
  const groups: Group[] = [];
  const source = sourceOf(plot, template, groups);
  return { expression: new RegExp(source, "y"), groups };
}

function sourceOf(plot: Plot, template: string, groups: Group[]): string {
  const slot = SLOT.exec(template);
  if (slot === null) return escaped(withoutArticles(template));
  const [whole, part = "", field = "name"] = slot;
  const before = escaped(withoutArticles(template.slice(0, slot.index)));
  const inside = formsOf(plot, { part, field }, groups);
  return before + inside + sourceOf(plot, template.slice(slot.index + whole.length), groups);
}

/** The alternatives of a slot. A form with slots of its own is a group around theirs. */
function formsOf(plot: Plot, { part, field }: { part: string; field: string }, groups: Group[]): string {
  const role = part.charAt(0).toLowerCase() + part.slice(1);
  const capital = role !== part;
  const byForm = new Map<string, Set<Entity>>();
  for (const entity of plot.roles[role] ?? []) {
    const form = entity[field] ?? "";
    byForm.set(form, (byForm.get(form) ?? new Set()).add(entity));
  }
  const alternatives = [...byForm].map(([form, candidates]) => {
    groups.push((text) => ({ role, field, text, candidates }));
    const shown = capital ? capitalized(form) : form;
    return `(${sourceOf(plot, shown, groups)})`;
  });
  return `(?:${alternatives.join("|")})`;
}

/** A form that begins with a slot is capitalized inside it. */
const capitalized = (form: string): string =>
  form.startsWith("{") ? `{${capitalize(form.slice(1))}` : capitalize(form);
