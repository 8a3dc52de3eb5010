import { type Check, expectArray, expectRecord, expectString, wrongKind } from "../checks";
import { isRecord } from "../fields";

/** A part of a message: `{ type: "text", text }`, or what the template names, such as `{ type: "image" }`. */
export interface MessagePart {
  type: string;
  text?: string | undefined;
  [field: string]: unknown;
}

/** A message of a chat. Templates may read further fields, such as `tool_calls`, `name` or `reasoning_content`. */
export interface ChatMessage {
  /** Such as "system", "user", "assistant" or "tool". */
  role: string;
  /** The text, or its parts. A message with `tool_calls` needs none. */
  content?: string | readonly MessagePart[] | null | undefined;
  [field: string]: unknown;
}

/** @throws TypeError or RangeError that names the index of a message that is malformed */
export function expectMessages(where: string, messages: unknown): asserts messages is readonly ChatMessage[] {
  if (!Array.isArray(messages))
    throw wrongKind(where, "messages", 'an array such as [{ role: "user", content: "Hello" }]', messages);
  if (messages.length === 0) throw new RangeError(`${where}: messages is empty; pass at least one message`);
  for (let i = 0; i < messages.length; i++) expectMessage(where, `messages[${i}]`, messages[i]);
}

const expectMessage: Check = (where, name, message) => {
  if (!isRecord(message)) throw wrongKind(where, name, 'an object such as { role: "user", content: "Hello" }', message);
  expectString(where, `${name}.role`, message.role);
  if (message.role === "") throw new RangeError(`${where}: ${name}.role is empty; use "user", for instance`);
  const { content } = message;
  if (content == null || typeof content === "string") return;
  if (!Array.isArray(content)) throw wrongKind(where, `${name}.content`, "a string or an array of parts", content);
  for (let i = 0; i < content.length; i++) expectPart(where, `${name}.content[${i}]`, content[i]);
};

const expectPart: Check = (where, name, part) => {
  if (!isRecord(part)) throw wrongKind(where, name, 'an object such as { type: "text", text: "Hello" }', part);
  expectString(where, `${name}.type`, part.type);
  if (part.type === "text") expectString(where, `${name}.text`, part.text);
};

/** Objects with named fields: tools and documents. */
export const records: Check = (where, name, value) => {
  expectArray(where, name, value);
  for (let i = 0; i < value.length; i++) expectRecord(where, `${name}[${i}]`, value[i]);
};

/** Deeper than any message. */
const DEEPEST = 100;

/**
 * Data as a template sees it: plain values only. Fields that are undefined are left out. Images and other objects become
 * a placeholder such as `<Blob>`, because templates only ask whether they are there.
 *
 * @throws RangeError for a value that contains itself
 */
export function plain(where: string, name: string, value: unknown, depth = 0): unknown {
  if (depth > DEEPEST) throw new RangeError(`${where}: ${name} is nested too deeply, or contains itself`);
  if (value === null || ["string", "boolean", "undefined"].includes(typeof value)) return value;
  if (typeof value === "number" || typeof value === "bigint") return Number(value);
  if (Array.isArray(value)) return Array.from(value, (one) => plain(where, name, one ?? null, depth + 1));
  const prototype: unknown = typeof value === "object" ? Object.getPrototypeOf(value) : undefined;
  const isData = prototype === null || (isRecord(prototype) && Object.getPrototypeOf(prototype) === null);
  if (typeof value !== "object" || !isData) return `<${kindName(value)}>`;
  const fields = Object.entries(value).filter(([, one]) => one !== undefined);
  return Object.fromEntries(fields.map(([field, one]) => [field, plain(where, name, one, depth + 1)]));
}

const kindName = (value: unknown): string =>
  typeof value === "object" ? (value?.constructor?.name ?? "object") : typeof value;

/** The names that a message's reasoning has. Templates read the first, some the second. */
const reasoningFields = ["reasoning_content", "thinking", "reasoning"];

/** Messages as a template sees them: without empty fields, and with the reasoning under each of its names. */
export function plainMessages(where: string, messages: readonly ChatMessage[]): Record<string, unknown>[] {
  return messages.map((message, i) => {
    const copy = plain(where, `messages[${i}]`, { ...message }) as Record<string, unknown>;
    const given = Object.fromEntries(Object.entries(copy).filter(([, value]) => value !== null));
    const reasoning = reasoningFields.map((field) => given[field]).find((value) => value !== undefined);
    return reasoning === undefined ? given : { thinking: reasoning, ...given, reasoning_content: reasoning };
  });
}
