import { Environment, Interpreter, parse } from "@huggingface/jinja";
import { Arguments } from "./arguments";
import { filterNamed } from "./filters";
import { lineIn } from "./lines";
import { loopOf, withItem } from "./loops";
import { methodOf } from "./methods";
import type * as Nodes from "./nodes";
import { type Node, sourceOf } from "./nodes";
import { operated } from "./operations";
import { str } from "./python";
import { testNamed } from "./tests";
import * as values from "./values";
import { isList, isText, isUndefined, type Value, valueFor } from "./values";

/** Leaves an iteration, or the loop. What was written before stays. */
class Jump extends Error {
  written = "";

  constructor(readonly leavesLoop: boolean) {
    super("break and continue belong inside a loop");
  }
}

/** Calls within calls. Templates call macros for the values within values of a schema. */
const DEEPEST = 200;

/** Operators that take undefined. */
const takesUndefined = new Set(["==", "!=", "in", "not in", "~"]);

/** Statements that write nothing. An expression writes also `None`. */
const silent = new Set(["Set", "Macro", "Comment"]);

/**
 * `@huggingface/jinja` as Python's jinja2 would run: how values are written and compared, methods, filters and tests,
 * the scope of loops, and errors for what is undefined. It also knows the line that it is at.
 */
export class PythonInterpreter extends Interpreter {
  /** Of the statement that runs. */
  line = 1;
  /** The number of calls that are running. */
  #depth = 0;

  override evaluate(node: Node | undefined, scope: Environment): Value {
    switch (node?.type) {
      case "Comment":
        this.line = lineIn((node as Nodes.Comment).value) ?? this.line;
        return valueFor(null);
      case "Program":
        return valueFor(this.#block((node as Nodes.Block).body, scope));
      case "If":
        return this.#if(node as Nodes.If, scope);
      case "For":
        return valueFor(this.#for(node as Nodes.For, scope));
      case "Set":
      case "Macro":
      case "CallStatement":
        return super.evaluate(withBlock(node as Nodes.Block), scope);
      case "FilterStatement":
        return this.#filteredBlock(node as Nodes.FilteredBlock, scope);
      case "Break":
      case "Continue":
        throw new Jump(node.type === "Break");
      case "Held":
        return (node as Nodes.Held).held;
      case "BinaryExpression":
        return this.#operation(node as Nodes.Operation, scope);
      case "MemberExpression":
        return this.#member(node as Nodes.Member, scope);
      case "CallExpression":
        return this.#call(node as Nodes.Call, scope);
      case "FilterExpression":
        return this.#filtered(node as Nodes.Filtered, scope);
      case "TestExpression":
        return this.#tested(node as Nodes.Tested, scope);
      default:
        return super.evaluate(node, scope);
    }
  }

  #block(body: readonly Node[], scope: Environment): string {
    let written = "";
    try {
      for (const statement of body) {
        const value = this.evaluate(statement, scope);
        if (!silent.has(statement.type)) written += str(value);
      }
    } catch (error) {
      if (error instanceof Jump) error.written = written + error.written;
      throw error;
    }
    return written;
  }

  #if({ test, body, alternate }: Nodes.If, scope: Environment): Value {
    return valueFor(this.#block(values.isTrue(this.evaluate(test, scope)) ? body : alternate, scope));
  }

  #for({ loopvar, iterable, body, defaultBlock }: Nodes.For, scope: Environment): string {
    const selected = iterable.type === "SelectExpression" ? (iterable as Nodes.Selection) : undefined;
    const all = values.elementsOf(this.evaluate(selected?.lhs ?? iterable, scope));
    const scopes = all.map((item) => withItem(new Environment(scope), loopvar, item));
    const kept = all.flatMap((item, i) =>
      selected === undefined || values.isTrue(this.evaluate(selected.test, scopes[i]!)) ? [{ item, i }] : [],
    );
    const items = kept.map(({ item }) => item);
    let written = "";
    for (const [index, { i }] of kept.entries()) {
      const inner = scopes[i]!;
      inner.setVariable("loop", loopOf(items, index));
      try {
        written += this.#block(body, inner);
      } catch (error) {
        if (!(error instanceof Jump)) throw error;
        written += error.written;
        if (error.leavesLoop) break;
      }
    }
    return items.length === 0 ? this.#block(defaultBlock, scope) : written;
  }

  #operation({ operator: { value: operator }, left, right }: Nodes.Operation, scope: Environment): Value {
    const a = this.evaluate(left, scope);
    if (operator === "and") return values.isTrue(a) ? this.evaluate(right, scope) : a;
    if (operator === "or") return values.isTrue(a) ? a : this.evaluate(right, scope);
    const b = this.evaluate(right, scope);
    const absent = isUndefined(a) ? left : isUndefined(b) ? right : undefined;
    if (absent !== undefined && !takesUndefined.has(operator))
      throw new Error(`"${operator}" is not possible because ${sourceOf(absent)} is undefined`);
    return operated(operator, a, b);
  }

  #member(node: Nodes.Member, scope: Environment): Value {
    const object = this.evaluate(node.object, scope);
    if (isUndefined(object)) throw new Error(`${sourceOf(node.object)} is undefined`);
    const { property, computed } = node;
    if (property.type === "SliceExpression")
      return super.evaluate({ ...node, object: held(object) } as Nodes.Member, scope);
    const key = computed ? this.evaluate(property, scope) : valueFor((property as Nodes.Name).value);
    if (object.value instanceof Map) return object.value.get(isText(key) ? key.value : "") ?? valueFor(undefined);
    if (!values.isNumber(key) || !(isText(object) || isList(object))) return valueFor(undefined);
    return values.elementsOf(object).at(Number(key.value)) ?? valueFor(undefined);
  }

  #call({ callee, args }: Nodes.Call, scope: Environment): Value {
    const given = this.#arguments(args, scope);
    const member = callee.type === "MemberExpression" ? (callee as Nodes.Member) : undefined;
    if (member !== undefined && !member.computed) {
      const object = this.evaluate(member.object, scope);
      if (isUndefined(object)) throw new Error(`${sourceOf(member.object)} is undefined`);
      const method = methodOf(object, String((member.property as Nodes.Name).value));
      if (method !== undefined) return values.resultOf(method(given));
    }
    const called = this.evaluate(callee, scope);
    if (!values.isCallable(called))
      throw new Error(`${sourceOf(callee)} is ${values.typeName(called)}, not a function`);
    if (++this.#depth > DEEPEST) throw new Error("a call that never ends");
    const result = super.evaluate(heldCall(called, given), scope);
    this.#depth--;
    return result;
  }

  #filtered({ operand, filter }: Nodes.Filtered, scope: Environment): Value {
    return this.#filter(this.evaluate(operand, scope), filter, scope);
  }

  #filteredBlock({ body, filter }: Nodes.FilteredBlock, scope: Environment): Value {
    return this.#filter(valueFor(this.#block(body, scope)), filter, scope);
  }

  #filter(value: Value, filter: Nodes.Name | Nodes.Call, scope: Environment): Value {
    const call = "callee" in filter ? filter : { callee: filter, args: [] };
    const given = this.#arguments(call.args, scope);
    const name = sourceOf(call.callee);
    // A test with arguments: see test-arguments.ts.
    const test = /^is (not )?(.*)$/.exec(name);
    if (test) return valueFor(testNamed(test[2]!)(value, given) !== (test[1] !== undefined));
    return values.resultOf(filterNamed(name)(value, given));
  }

  #tested({ operand, negate, test }: Nodes.Tested, scope: Environment): Value {
    return valueFor(testNamed(String(test.value))(this.evaluate(operand, scope), new Arguments()) !== negate);
  }

  #arguments(args: readonly Node[], scope: Environment): Arguments {
    const positional: Value[] = [];
    const named = new Map<string, Value>();
    for (const node of args) {
      if (node.type === "KeywordArgumentExpression") {
        const { key, value } = node as Nodes.Keyword;
        named.set(String(key.value), this.evaluate(value, scope));
      } else if (node.type === "SpreadExpression")
        positional.push(...values.elementsOf(this.evaluate((node as Nodes.Spread).argument, scope)));
      else positional.push(this.evaluate(node, scope));
    }
    return new Arguments(positional, named);
  }
}

const held = (value: Value): Nodes.Held => ({ type: "Held", held: value });

/** A call whose parts were evaluated before. */
function heldCall(called: Value, { positional, named }: Arguments): Nodes.Call {
  const keywords = Array.from(named, ([name, value]): Nodes.Keyword => {
    return {
      type: "KeywordArgumentExpression",
      key: { type: "Identifier", value: name } as Nodes.Name,
      value: held(value),
    };
  });
  return { type: "CallExpression", callee: held(called), args: [...positional.map(held), ...keywords] };
}

/** The same statement, whose body is one block. */
function withBlock(node: Nodes.Block): Node {
  const block = parse([]);
  block.body.push(...node.body);
  return { ...node, body: [block] } as Nodes.Block;
}
