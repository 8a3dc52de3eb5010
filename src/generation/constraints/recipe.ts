import { choices } from "./choices";
import { grammar } from "./gbnf/grammar";
import { regex } from "./regex/regex";
import { type JsonSchemaOptions, jsonSchema } from "./schema/json-schema";
import type { TextConstraint } from "./text-constraint";

/** The functions that make constraints, with their arguments as plain data but for the tokenizer. */
interface Recipes {
  regex: readonly [source: string, flags: string];
  choices: readonly [texts: readonly string[]];
  grammar: readonly [gbnf: string];
  jsonSchema: readonly [schema: unknown, options: JsonSchemaOptions];
}

/** How a constraint is made again in another thread, where its compiled form cannot go. */
export type Recipe = {
  [Name in keyof Recipes]: { readonly make: Name; readonly args: Recipes[Name] };
}[keyof Recipes];

/** The constraint of a recipe, for any vocabulary. */
export function constraintOf({ make, args }: Recipe): TextConstraint {
  switch (make) {
    case "regex":
      return regex(args[1] === "" ? args[0] : new RegExp(args[0], args[1]));
    case "choices":
      return choices(args[0]);
    case "grammar":
      return grammar(args[0]);
    case "jsonSchema":
      return jsonSchema(args[0], undefined, args[1]);
  }
}
