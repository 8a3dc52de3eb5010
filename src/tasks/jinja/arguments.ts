import { isList, isNone, isNumber, isText, isTrue, isUndefined, type Value } from "./values";

/** The arguments of a call in a template. */
export class Arguments {
  constructor(
    readonly positional: readonly Value[] = [],
    readonly named: ReadonlyMap<string, Value> = new Map(),
  ) {}

  /** The argument at a position or with a name; undefined if it is missing or `none`. */
  get(position: number, name: string): Value | undefined {
    const value = this.positional[position] ?? this.named.get(name);
    return value === undefined || isNone(value) || isUndefined(value) ? undefined : value;
  }

  text(position: number, name: string): string | undefined {
    const value = this.get(position, name);
    if (value !== undefined && !isText(value)) throw new Error(`${name} must be a string`);
    return value?.value;
  }

  whole(position: number, name: string): number | undefined {
    const value = this.get(position, name);
    if (value !== undefined && !isNumber(value)) throw new Error(`${name} must be a number`);
    return value === undefined ? undefined : Number(value.value);
  }

  flag(position: number, name: string): boolean {
    const value = this.get(position, name);
    return value !== undefined && isTrue(value);
  }

  /** A string or a tuple of strings. */
  texts(position: number, name: string): string[] {
    const value = this.get(position, name);
    if (value !== undefined && isText(value)) return [value.value];
    const many = value !== undefined && isList(value) ? value.value : [];
    if (value === undefined || !many.every(isText)) throw new Error(`${name} must be a string or a tuple of strings`);
    return many.map((one) => one.value);
  }

  /** The arguments after the first ones. */
  after(count: number): Arguments {
    return new Arguments(this.positional.slice(count), this.named);
  }
}
