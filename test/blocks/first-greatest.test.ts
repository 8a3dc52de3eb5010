import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { greatestPlaces } from "../../src/blocks/first-greatest";

// Made by PyTorch: test/reference/tied_greatest_fixture.py.
const cases: [values: number[], k: number, places: number[]][] = JSON.parse(
  readFileSync(new URL("../fixtures/blocks/tied-greatest.json", import.meta.url), "utf8"),
);

it.each(cases)("of equal numbers, those are taken that PyTorch takes: %j, the greatest %i", (values, k, places) => {
  expect(greatestPlaces(values, k).toSorted((a, b) => a - b)).toEqual(places);
});
