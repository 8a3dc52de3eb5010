/** A source of numbers in [0, 1), seeded by the caller, so that the same seed gives the same text. */
export type Random = () => number;

/** A person or thing in a template: its `name` and its other forms by field. */
export type Entity = Readonly<Record<string, string>>;

/** The candidates for each role. Roles are drawn in order, and all are different. */
export type Roles = Readonly<Record<string, readonly Entity[]>>;

/**
 * A story to tell: its roles, and the alternatives for each line.
 *
 * A template refers to a form of a role in braces: `{hero}` is its name, `{hero.his}` another field,
 * and a capital first letter (`{Hero.he}`) begins a sentence. A form may contain braces itself.
 */
export interface Plot {
  readonly roles: Roles;
  readonly lines: readonly (readonly string[])[];
  /** The forms that name things and animals, which a story introduces before it refers to them: "lost.noun". */
  readonly things?: readonly string[];
}

export function pick<T>(random: Random, list: readonly T[]): T {
  const item = list[Math.floor(random() * list.length)];
  if (item === undefined) throw new RangeError("pick: the list is empty, give at least one item");
  return item;
}

export function named(...names: string[]): Entity[] {
  return names.map((name) => ({ name }));
}

/** Every combination of the two lists, with fields merged. */
export function combine(first: readonly Entity[], second: readonly Entity[]): Entity[] {
  return first.flatMap((a) => second.map((b) => ({ ...a, ...b })));
}

export function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

type Cast = Readonly<Record<string, Entity>>;

const slots = /\{(\w+)(?:\.(\w+))?\}/g;

const roleOf = (part: string): string => part.charAt(0).toLowerCase() + part.slice(1);

function expand(template: string, cast: Cast): string {
  return template.replace(slots, (slot, part: string, field = "name") => {
    const form = cast[roleOf(part)]?.[field];
    if (form === undefined) throw new RangeError(`expand: nobody in the cast fills ${slot}`);
    const text = expand(form, cast);
    return /^[A-Z]/.test(part) ? capitalize(text) : text;
  });
}

/** "a" becomes "an" before a vowel; in this small vocabulary letters and sounds agree. */
export function withArticles(text: string): string {
  return text.replace(/\b([Aa]) (?=[aeiou])/g, "$1n ");
}

/** The inverse of `withArticles`. */
export function withoutArticles(text: string): string {
  return text.replace(/\b([Aa])n (?=[aeiou])/g, "$1 ");
}

export function fill(template: string, cast: Cast): string {
  return withArticles(expand(template, cast));
}

function drawCast(roles: Roles, random: Random): Cast {
  const cast: Record<string, Entity> = {};
  for (const [part, candidates] of Object.entries(roles)) {
    const taken = new Set(Object.values(cast));
    cast[part] = pick(
      random,
      candidates.filter((candidate) => !taken.has(candidate)),
    );
  }
  return cast;
}

export function tell(plot: Plot, random: Random): string {
  const cast = drawCast(plot.roles, random);
  return plot.lines.map((ways) => fill(pick(random, ways), cast)).join(" ");
}

/** Splits a text into words and punctuation marks. */
export function words(text: string): string[] {
  return text.match(/\p{L}+|[^\p{L}\s]/gu) ?? [];
}

/** Splits a text as the storyteller's tokenizer does: a word or a run of marks, each with the space before it. */
export function pieces(text: string): string[] {
  return text.match(/ ?\p{L}+| ?[^\s\p{L}]+/gu) ?? [];
}

/** All words that a plot can use. */
export function plotWords(plot: Plot): Set<string> {
  return union(plotTexts(plot), words);
}

/** All pieces of a plot's stories: only the first line begins a text, a space comes before the others. */
export function plotPieces(plot: Plot): Set<string> {
  const [first = [], ...rest] = plot.lines;
  const opening = union(plotTexts({ ...plot, lines: [first] }), pieces);
  return union(plotTexts({ ...plot, lines: rest }), (text) => pieces(` ${text}`), opening);
}

/** The parts of all texts. */
function union(texts: Iterable<string>, cut: (text: string) => string[], parts = new Set<string>()): Set<string> {
  for (const text of new Set(texts)) for (const part of cut(text)) parts.add(part);
  return parts;
}

/** The roles that a template and the forms in it name. */
function* rolesIn(template: string, cast: Cast): Generator<string> {
  for (const [, part = "", field = "name"] of template.matchAll(slots)) {
    yield roleOf(part);
    yield* rolesIn(cast[roleOf(part)]?.[field] ?? "", cast);
  }
}

/** A template with every candidate for every role, one role at a time: no word depends on two roles. */
function* variants(template: string, cast: Cast, roles: Roles): Generator<string> {
  yield fill(template, cast);
  for (const role of new Set(rolesIn(template, cast)))
    for (const candidate of roles[role] ?? []) yield fill(template, { ...cast, [role]: candidate });
}

/** Texts with every word that a plot can use, of every template and of every form that is a template itself. */
function* plotTexts(plot: Plot): Generator<string> {
  const parts = Object.entries(plot.roles);
  const usual: Cast = Object.fromEntries(parts.flatMap(([part, [first]]) => (first ? [[part, first] as const] : [])));
  const templates = plot.lines.flat();
  for (const template of templates) yield* variants(template, usual, plot.roles);
  const used = new Set(
    templates
      .join(" ")
      .match(/\w+\.\w+/g)
      ?.map((slot) => slot.toLowerCase()),
  );
  for (const [part, candidates] of parts) {
    for (const candidate of candidates) {
      for (const [field, form] of Object.entries(candidate)) {
        if (!form.includes("{") || !used.has(`${part}.${field}`.toLowerCase())) continue;
        yield* variants(form, { ...usual, [part]: candidate }, plot.roles);
      }
    }
  }
}
