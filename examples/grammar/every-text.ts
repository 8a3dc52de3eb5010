import { type Entity, fill, type Plot } from "./grammar";

type Cast = Readonly<Record<string, Entity>>;

/** Every text of a plot that has a single line. */
export function* everyText({ roles, lines: [ways = [], ...more] }: Plot): Generator<string> {
  if (more.length > 0) throw new RangeError("everyText: the plot has several lines, and so too many texts");
  for (const template of ways) for (const cast of casts(template, roles, {})) yield fill(template, cast);
}

/** Every cast of the roles that a template, or a form in it, names; all of a cast are different. */
function* casts(template: string, roles: Plot["roles"], cast: Cast): Generator<Cast> {
  const shown = expanded(template, cast);
  const next = Object.keys(roles).find((role) => !(role in cast) && names(shown, role));
  if (next === undefined) {
    yield cast;
    return;
  }
  for (const candidate of roles[next]!)
    if (!Object.values(cast).includes(candidate)) yield* casts(template, roles, { ...cast, [next]: candidate });
}

const names = (template: string, role: string): boolean => new RegExp(`\\{${role}\\b`, "i").test(template);

/** The template with the forms of its cast, which may name further roles. */
const expanded = (template: string, cast: Cast): string =>
  [template, ...Object.values(cast).flatMap((entity) => Object.values(entity))].join(" ");
