/** Applies a `difference` to bytes. Its format is described in assembly/build/difference.mjs. */
export function withDifference(from: Uint8Array, difference: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes: number[] = [];
  let place = 0;
  const count = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = difference[place++]!;
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  for (let end = 0; ; ) {
    const fresh = count();
    bytes.push(...difference.subarray(place, place + fresh));
    place += fresh;
    if (place >= difference.length) return Uint8Array.from(bytes);
    const length = count();
    const step = count();
    const at = end + (step & 1 ? -(step + 1) / 2 : step / 2);
    for (end = at; end < at + length; end++) bytes.push(from[end]!);
  }
}
