/** Just enough of WebAssembly's binary format to write two loops by hand. @see WebAssembly 2.0, section 5 */

/** An unsigned number in base 128, least significant first. */
export function leb(value) {
  const bytes = [];
  do {
    bytes.push((value & 127) | (value > 127 ? 128 : 0));
    value >>>= 7;
  } while (value > 0);
  return bytes;
}

const section = (id, content) => [id, ...leb(content.length), ...content];
const vector = (items) => [...leb(items.length), ...items.flat()];
const named = (name) => vector([...name].map((letter) => letter.charCodeAt(0)));

export const i32 = 0x7f;
export const v128 = 0x7b;

/** `0xfd` and a number: an instruction on four lanes. */
export const simd = (code, ...immediates) => [0xfd, ...leb(code), ...immediates];

/** A module with one imported, shared memory "e" "m" and one function "run" of i32 parameters that returns an i32. */
export function assemble({ parameters, locals, body }) {
  const type = [0x60, ...vector(Array(parameters).fill([i32])), ...vector([[i32]])];
  const memory = [...named("e"), ...named("m"), 2, 3, 1, ...leb(65536)];
  const code = [...vector(locals.map(([count, kind]) => [...leb(count), kind])), ...body, 0x0b];
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, vector([type])),
    ...section(2, vector([memory])),
    ...section(3, vector([[0]])),
    ...section(7, vector([[...named("run"), 0, 0]])),
    ...section(10, vector([[...leb(code.length), ...code]])),
  ]);
}
