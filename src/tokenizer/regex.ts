import { ANCHORS, bothCases, CLASS_SHORTHANDS, escaped, escapedInClass, POSIX_CLASSES } from "./regex-classes";

/**
 * Translates a regular expression of tokenizer.json, written for Oniguruma, into JavaScript's with the same matches:
 * Unicode classes, `^` and `$` at line breaks, `(?i:…)` for ASCII letters, atomic groups and possessive quantifiers.
 *
 * @throws SyntaxError if the result is not a regular expression in JavaScript.
 * @see https://github.com/kkos/oniguruma/blob/master/doc/RE
 */
export function translateRegex(source: string): RegExp {
  const { pattern, hasSets } = new Translation(source).run();
  return new RegExp(pattern, hasSets ? "v" : "u");
}

interface Group {
  /** Where the group starts in the output. */
  start: number;
  ignoresCase: boolean;
  atomic: boolean;
}

class Translation {
  readonly #source: string;
  #at = 0;
  #output = "";
  #ignoresCase = false;
  /** Whether a class holds another or is an intersection, which takes another syntax in JavaScript. */
  #hasSets = false;
  readonly #groups: Group[] = [];
  #atoms = 0;
  /** Where the last atom starts in the output: what a possessive quantifier has to wrap. */
  #lastAtom = 0;

  constructor(source: string) {
    this.#source = source;
  }

  run(): { pattern: string; hasSets: boolean } {
    while (this.#at < this.#source.length) this.#step();
    return { pattern: this.#output, hasSets: this.#hasSets };
  }

  #take(pattern: RegExp): RegExpExecArray | undefined {
    const sticky = new RegExp(pattern.source, "uy");
    sticky.lastIndex = this.#at;
    const match = sticky.exec(this.#source);
    if (match === null) return undefined;
    this.#at = sticky.lastIndex;
    return match;
  }

  #atom(text: string): void {
    this.#lastAtom = this.#output.length;
    this.#output += text;
  }

  #step(): void {
    if (this.#group() || this.#quantifier()) return;
    if (this.#take(/\[/)) {
      this.#atom(this.#characterClass());
    } else if (this.#take(/\\/)) {
      this.#atom(this.#escape());
    } else if (this.#take(/\./)) {
      this.#atom("[^\\n]");
    } else if (this.#take(/\^/)) {
      this.#atom("(?<![^\\n])");
    } else if (this.#take(/\$/)) {
      this.#atom("(?![^\\n])");
    } else if (this.#take(/\|/)) {
      this.#output += "|";
    } else {
      this.#atom(this.#literal((this.#take(/[\s\S]/) as RegExpExecArray)[0]));
    }
  }

  #group(): boolean {
    const open = this.#take(/\((\?(?:[im-]*:|>|<?[=!]|<\w+>|i\)))?/);
    if (open !== undefined) {
      const kind = open[1] ?? "";
      if (kind === "?i)") {
        this.#ignoresCase = true;
        return true;
      }
      this.#groups.push({ start: this.#output.length, ignoresCase: this.#ignoresCase, atomic: kind === "?>" });
      if (kind.endsWith(":")) this.#ignoresCase = flagAfter(kind, this.#ignoresCase);
      this.#output += kind === "" || kind === "?>" || kind.endsWith(":") ? "(?:" : `(${kind}`;
      return true;
    }
    if (!this.#take(/\)/)) return false;
    const group = this.#groups.pop();
    if (group === undefined) throw new SyntaxError("unmatched )");
    this.#output += ")";
    this.#ignoresCase = group.ignoresCase;
    this.#lastAtom = group.start;
    if (group.atomic) this.#makeAtomic();
    return true;
  }

  #quantifier(): boolean {
    const quantifier = this.#take(/(?:[*+?]|\{\d+(?:,\d*)?\}|\{,\d+\})([?+]?)/);
    if (quantifier === undefined) return false;
    const possessive = quantifier[1] === "+";
    const text = possessive ? quantifier[0].slice(0, -1) : quantifier[0];
    this.#output += text.replace("{,", "{0,");
    if (possessive) this.#makeAtomic();
    return true;
  }

  /** JavaScript never re-enters a lookahead, so a captured lookahead and a reference to it match all or nothing. */
  #makeAtomic(): void {
    const name = `atom${this.#atoms++}`;
    const atom = this.#output.slice(this.#lastAtom);
    this.#output = `${this.#output.slice(0, this.#lastAtom)}(?:(?=(?<${name}>${atom}))\\k<${name}>)`;
  }

  #escape(): string {
    const property = this.#take(/[pP]\{(\^?)(\w+)\}/);
    if (property !== undefined) {
      const letter = property[1] === "^" ? "P" : property[0].slice(0, 1);
      return `\\${letter}{${propertyName(property[2] as string)}}`;
    }
    const code = this.#take(/(?:x\{([0-9a-fA-F]+)\}|x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{4}))/);
    if (code !== undefined) return `\\u{${code[1] ?? code[2] ?? code[3]}}`;
    const character = this.#take(/[\s\S]/)?.[0] ?? "\\";
    const shorthand = CLASS_SHORTHANDS.get(character);
    if (shorthand !== undefined) return `[${shorthand}]`;
    if (character === "W" || character === "H") return `[^${CLASS_SHORTHANDS.get(character.toLowerCase())}]`;
    return ANCHORS.get(character) ?? (/[a-zA-Z0-9]/.test(character) ? `\\${character}` : escaped(character));
  }

  #literal(character: string): string {
    return this.#ignoresCase && /[a-zA-Z]/.test(character) ? `[${bothCases(character)}]` : escaped(character);
  }

  #characterClass(): string {
    const open = this.#take(/\^/) === undefined ? "[" : "[^";
    /** What stands between the signs of intersection. */
    const operands = [""];
    for (let first = true; ; first = false) {
      if (!first && this.#take(/\]/)) break;
      if (this.#take(/&&/)) operands.push("");
      else operands[operands.length - 1] += this.#classMember(first);
    }
    if (operands.length === 1) return `${open}${operands[0]}]`;
    this.#hasSets = true;
    return `${open}${operands.map((operand) => `[${operand}]`).join("&&")}]`;
  }

  #classMember(first: boolean): string {
    const posix = this.#take(/\[:(\w+):\]/);
    if (posix !== undefined) {
      const members = POSIX_CLASSES.get(posix[1] as string);
      if (members === undefined) throw new SyntaxError(`unknown class ${posix[0]}`);
      return members;
    }
    if (this.#take(/\[/)) {
      this.#hasSets = true;
      return this.#characterClass();
    }
    if (this.#take(/\\/)) {
      const member = this.#escape();
      if (!member.startsWith("[^")) return member.startsWith("[") ? member.slice(1, -1) : member;
      this.#hasSets = true;
      return member;
    }
    const character = this.#take(/[\s\S]/)?.[0];
    if (character === undefined) throw new SyntaxError("unterminated character class");
    if (character === "-" && !first && !this.#source.startsWith("]", this.#at)) return "-";
    return this.#ignoresCase && /[a-zA-Z]/.test(character) ? bothCases(character) : escapedInClass(character);
  }
}

/** Oniguruma names scripts without saying that they are scripts. */
function propertyName(name: string): string {
  try {
    new RegExp(`\\p{${name}}`, "u");
    return name;
  } catch {
    return `Script=${name}`;
  }
}

function flagAfter(kind: string, before: boolean): boolean {
  const [on = "", off = ""] = kind.slice(1, -1).split("-");
  return off.includes("i") ? false : on.includes("i") || before;
}
