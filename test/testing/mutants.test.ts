import * as testing from "transformer-blocks/testing";
import { checkLaws } from "transformer-blocks/testing";
import { describe, expect, it } from "vitest";
import { attentionMutants, attentionOf } from "./mutants/attention";
import { alibiMutants, alibiOf, layerNormMutants, layerNormOf, rotaryMutants, rotaryOf } from "./mutants/functions";
import * as modules from "./mutants/modules";
import type { Laws, Mutant } from "./mutants/mutant";

const { attentionLaws, rotaryLaws, alibiLaws, layerNormLaws } = testing;

/** Laws, an implementation that they hold for, and the same with one bug in it. */
interface Kind {
  laws: string;
  holds: () => void;
  mutants: readonly { bug: string; law: string; dies: () => void }[];
}

function kind<Implementation, Name extends string>(
  laws: string,
  of: Laws<Implementation>,
  right: NoInfer<Implementation>,
  mutants: readonly Mutant<NoInfer<Implementation>, Name>[],
): Kind {
  return {
    laws,
    holds: () => checkLaws(of, right),
    mutants: mutants.map(({ bug, law, implementation }) => ({
      ...{ bug, law },
      dies: () => expect(() => checkLaws({ [law]: of[law]! }, implementation)).toThrow(of[law]!.statement),
    })),
  };
}

const kinds: Kind[] = [
  kind("attentionLaws", attentionLaws, attentionOf(), attentionMutants),
  kind("rotaryLaws", rotaryLaws, rotaryOf(), rotaryMutants),
  kind("alibiLaws", alibiLaws, alibiOf(), alibiMutants),
  kind("layerNormLaws", layerNormLaws, layerNormOf(), layerNormMutants),
  kind("feedForwardLaws", testing.feedForwardLaws, modules.feedForward, modules.feedForwardMutants),
  kind("encoderBlockLaws", testing.encoderBlockLaws, modules.encoderBlock, modules.encoderBlockMutants),
  kind("decoderBlockLaws", testing.decoderBlockLaws, modules.decoderBlock, modules.decoderBlockMutants),
  kind("residualLaws", testing.residualLaws, modules.preNormBlock, modules.residualMutants),
  kind("decoderModelLaws", testing.decoderModelLaws, modules.decoder, modules.decoderModelMutants),
  kind("encoderModelLaws", testing.encoderModelLaws, modules.encoder, modules.encoderModelMutants),
];

describe.each(kinds)("$laws", ({ holds, mutants }) => {
  it("hold without a bug", holds);

  it.each(mutants)("$law finds: $bug", ({ dies }) => dies());
});

it("every law finds a bug", () => {
  const found = new Set(kinds.flatMap(({ laws, mutants }) => mutants.map(({ law }) => `${laws}.${law}`)));
  // RMS normalization has laws of layer normalization.
  const every = Object.entries(testing).flatMap(([list, laws]) =>
    list.endsWith("Laws") && typeof laws === "object" && list !== "rmsNormLaws"
      ? Object.keys(laws).map((law) => `${list}.${law}`)
      : [],
  );
  // A law in two lists is one law.
  const shared = ["decoderBlockLaws.rowsApart", "decoderBlockLaws.paddingIsAbsence"];
  expect(every.length).toBeGreaterThan(25);
  expect(every.filter((law) => !found.has(law) && !shared.includes(law))).toEqual([]);
});
