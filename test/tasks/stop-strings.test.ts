import fc from "fast-check";
import { expect, it } from "vitest";
import { StopStrings } from "../../src/tasks/stop-strings";

const letters = fc.string({ unit: fc.constantFrom("a", "b", "c") });
const stop = fc.string({ unit: fc.constantFrom("a", "b", "c"), minLength: 1, maxLength: 4 });

it("a stop string ends the text before it, whatever pieces the text comes in", () => {
  fc.assert(
    fc.property(fc.array(letters), fc.array(stop, { maxLength: 3 }), (pieces, stops) => {
      const text = pieces.join("");
      const ends = stops.map((one) => text.indexOf(one)).filter((at) => at >= 0);
      const passed = new StopStrings("complete", stops);
      const given = pieces.map((piece) => passed.push(piece)).join("") + passed.end();
      expect(given).toBe(text.slice(0, Math.min(text.length, ...ends)));
      expect(passed.stopped).toBe(ends.length > 0);
    }),
  );
});

it("a stop string holds back no more text than may begin it", () => {
  const passed = new StopStrings("complete", ["end"]);
  expect(passed.push("the e")).toBe("the ");
  expect(passed.push("gg")).toBe("egg");
});

it("an empty stop string and anything but a string are refused", () => {
  expect(() => new StopStrings("complete", "." as unknown as string[])).toThrow("stop must be an array");
  expect(() => new StopStrings("complete", [""])).toThrow("stop[0] is empty");
  expect(() => new StopStrings("complete", ["a", 3 as unknown as string])).toThrow("stop[1]");
});
