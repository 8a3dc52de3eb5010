import { OutOfFuel } from "./calls";

const FIRST_ROOM = 1 << 10;
/** 128 MB: a text that needs more is not worth continuing. */
const MOST_ROOM = 1 << 25;

/** A growing stack of integers. */
export class IntegerStack {
  values = new Int32Array(FIRST_ROOM);
  length = 0;

  push2(a: number, b: number): void {
    if (this.length + 2 > this.values.length) this.#grow();
    this.values[this.length++] = a;
    this.values[this.length++] = b;
  }

  push5(a: number, b: number, c: number, d: number, last: number): void {
    if (this.length + 5 > this.values.length) this.#grow();
    const { values } = this;
    let at = this.length;
    values[at++] = a;
    values[at++] = b;
    values[at++] = c;
    values[at++] = d;
    values[at++] = last;
    this.length = at;
  }

  /** Releases the memory used for a long text. */
  free(): void {
    this.length = 0;
    if (this.values.length > FIRST_ROOM) this.values = new Int32Array(FIRST_ROOM);
  }

  #grow(): void {
    if (this.values.length >= MOST_ROOM) throw new OutOfFuel();
    const grown = new Int32Array(2 * this.values.length);
    grown.set(this.values);
    this.values = grown;
  }
}
