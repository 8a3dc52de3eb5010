import { describe, expect, it } from "vitest";
import { type EncodeBatchOptions, type EncodedBatch, tokenizerFromJson } from "../../../src/tokenizer";
import { fixture } from "../fixtures";

interface Calls {
  name: string;
  json: Record<string, unknown>;
  config: Record<string, unknown>;
  cases: { texts: (string | string[])[]; options: EncodeBatchOptions; batch?: EncodedBatch; refused?: string }[];
}

describe.each(fixture<Calls[]>("calls"))(
  "any combination of a call's options gives what Python gives: $name",
  (calls) => {
    const tokenizer = tokenizerFromJson(calls.json, calls.config);
    it.each(calls.cases.map((drawn) => [JSON.stringify(drawn.options), drawn] as const))("%s", (_, drawn) => {
      const { texts, options, batch } = drawn;
      const encode = () => tokenizer.encodeBatch(texts, options);
      if (batch === undefined) return void expect(encode).toThrow(RangeError);
      expect(encode()).toEqual(batch);
      const { padding, pairs, ...rest } = options;
      const whole = tokenizer.encodeBatch(texts, { pairs, ...rest, padding: false });
      texts.forEach((text, row) => {
        const encoding = tokenizer.encode(text, { ...rest, pair: pairs?.[row] });
        for (const name of ["ids", "tokens", "offsets", "types", "special", "words"] as const)
          expect(encoding[name], name).toEqual(whole[name][row]);
      });
      expect(tokenizer.decodeBatch(whole.ids)).toEqual(whole.ids.map((ids) => tokenizer.decode(ids)));
    });
  },
);
