import type { Interpreter } from "@huggingface/jinja";
import type { Value } from "./values";

/** The nodes of a parsed template that `PythonInterpreter` evaluates itself. */
export type Node = NonNullable<Parameters<Interpreter["evaluate"]>[0]>;

export interface Name extends Node {
  value: string | number;
}
export interface Block extends Node {
  body: Node[];
}
export interface If extends Block {
  test: Node;
  alternate: Node[];
}
export interface For extends Block {
  loopvar: Name | Tuple;
  iterable: Node | Selection;
  defaultBlock: Node[];
}
/** `messages if condition`, as in `for message in messages if condition`. */
export interface Selection extends Node {
  lhs: Node;
  test: Node;
}
export interface Tuple extends Node {
  value: Name[];
}
export interface Comment extends Node {
  value: string;
}
export interface Operation extends Node {
  operator: { value: string };
  left: Node;
  right: Node;
}
export interface Member extends Node {
  object: Node;
  property: Node;
  computed: boolean;
}
export interface Call extends Node {
  callee: Node;
  args: Node[];
}
export interface Filtered extends Node {
  operand: Node;
  filter: Name | Call;
}
export interface FilteredBlock extends Block {
  filter: Name | Call;
}
export interface Tested extends Node {
  operand: Node;
  negate: boolean;
  test: Name;
}
export interface Keyword extends Node {
  key: Name;
  value: Node;
}
export interface Spread extends Node {
  argument: Node;
}
/** A value that was evaluated before. */
export interface Held extends Node {
  held: Value;
}

/** How a template calls something, for messages: `message.content`. */
export function sourceOf(node: Node): string {
  if (node.type === "Identifier") return String((node as Name).value);
  if (node.type !== "MemberExpression") return "a value";
  const { object, property, computed } = node as Member;
  const name = "value" in property ? String(property.value) : "…";
  return computed ? `${sourceOf(object)}[${name}]` : `${sourceOf(object)}.${name}`;
}
