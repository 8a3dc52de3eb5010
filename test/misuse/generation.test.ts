import * as generation from "transformer-blocks/generation";
import { testEntry } from "./entry";
import type { RightCall } from "./misuse";
import { decoder, generating, generatingAccepts, options } from "./values";

const call: RightCall = {
  args: () => [decoder(), [[1, 2]], generating()],
  says: "generate",
  accepts: { ...generatingAccepts(2), 2: options },
};

testEntry("transformer-blocks/generation", generation, {
  functions: { generate: call, generateStream: call },
  classes: {},
  objects: {},
});
