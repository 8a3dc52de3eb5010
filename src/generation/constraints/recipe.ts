/** The functions that make constraints, with their arguments as plain data but for the tokenizer. */
interface Recipes {
  regex: readonly [source: string, flags: string];
  choices: readonly [texts: readonly string[]];
  grammar: readonly [gbnf: string];
  jsonSchema: readonly [schema: unknown, options: JsonSchemaRecipe];
}

interface JsonSchemaRecipe {
  readonly whitespace: "none" | "spaced" | "any";
  readonly strict: boolean;
}

/** How a constraint is made again in another thread, where its compiled form cannot go. */
export type Recipe = {
  [Name in keyof Recipes]: { readonly make: Name; readonly args: Recipes[Name] };
}[keyof Recipes];
