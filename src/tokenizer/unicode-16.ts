/** What Unicode 17 added, and the letter that has no case since. */
const CHANGED =
  "[\u0295\u088f\u0c5c\u0cdc\u1acf-\u1aeb\u20c1\u2b96\ua7ce-\ua7cf\ua7d2\ua7d4\ua7f1\ufbc3-\ufbd2\ufd90-\ufd91\ufdc8-\ufdce\u{10940}-\u{10959}\u{10ec5}-\u{10efb}\u{11b60}-\u{11b67}\u{11db0}-\u{11de9}\u{16ea0}-\u{16ed3}\u{16ff2}-\u{16ff6}\u{187f8}-\u{187ff}\u{18d09}-\u{18df2}\u{1ccfa}-\u{1ccfc}\u{1ceba}-\u{1cef0}\u{1e6c0}-\u{1e6ff}\u{1f6d8}\u{1f777}-\u{1f77a}\u{1f8d0}-\u{1f8d8}\u{1fa54}-\u{1fa57}\u{1fa8a}-\u{1fa8e}\u{1fac8}-\u{1facd}\u{1faea}-\u{1faef}\u{1fbfa}\u{2b73a}-\u{2b73f}\u{2cea2}-\u{2cead}\u{323b0}-\u{33479}]";

const EACH_CHANGED = /* @__PURE__ */ new RegExp(CHANGED, "gu");

/**
 * A text of the same length in which every character has the properties of Unicode 16, which the reference's regular
 * expressions go by. This engine may have later ones. What stands for a character is near it, so that ranges that hold
 * the one hold the other.
 */
export function inUnicode16(text: string): string {
  return text.replace(EACH_CHANGED, (character) => {
    let near = (character.codePointAt(0) as number) + 1;
    if (character !== "\u0295") while (isAssigned(near)) near++;
    return String.fromCodePoint(near);
  });
}

function isAssigned(codePoint: number): boolean {
  return /\p{Assigned}/u.test(String.fromCodePoint(codePoint));
}
