import type { Module } from "../blocks";
import { settingsOf } from "../blocks/internal";
import type { Parameter } from "../tensor";
import { elsewhereOf } from "../tensor/internal";

/** How many numbers of each parameter are looked at. */
const SAMPLES = 16;

/**
 * A short text that differs for models of other modules, other settings, other sizes or other weights, of which it looks
 * at some. It takes microseconds, so that it can be compared before each use.
 */
export function fingerprint(model: Module): string {
  const [structure, weights] = [new Hash(), new Hash()];
  structure.text([...model.modules().keys(), JSON.stringify(settingsOf(model))].join());
  let isHere = true;
  for (const [path, parameter] of model.parameters()) {
    structure.text(`${path} ${parameter.shape.join(" ")}`);
    const samples = samplesOf(parameter);
    if (samples) weights.numbers(samples);
    else isHere = false;
  }
  return `${structure.digest()}:${isHere ? weights.digest() : ""}`;
}

/** Whether two fingerprints may be of one model: weights on a device are not compared. */
export function isSameModel(one: string, other: string): boolean {
  const [structure, weights] = one.split(":");
  const [otherStructure, otherWeights] = other.split(":");
  return structure === otherStructure && (!weights || !otherWeights || weights === otherWeights);
}

/** Some numbers of a parameter; undefined if they are on a device, where they cannot be read at once. */
function samplesOf(parameter: Parameter): Float32Array | undefined {
  const { quantized } = parameter;
  if (elsewhereOf(parameter) !== undefined) return undefined;
  const bytes = quantized !== undefined && "cells" in quantized ? quantized.cells : parameter.data;
  const step = Math.max(1, Math.floor(bytes.length / SAMPLES));
  return Float32Array.from({ length: Math.min(SAMPLES, bytes.length) }, (_, i) => bytes[i * step]!);
}

/** A short text that differs, whatever bits change in named numbers or in a text. Their order does not count. */
export function checksum(text: string, values: ReadonlyMap<string, Float32Array>): string {
  const hash = new Hash();
  hash.text(text);
  for (const name of [...values.keys()].sort()) {
    hash.text(name);
    hash.words(values.get(name)!);
  }
  return hash.digest();
}

/** FNV-1a, of 32 bits, from two starts. @see Fowler, Noll and Vo, The FNV Non-Cryptographic Hash Algorithm */
class Hash {
  #first = 0x811c9dc5;
  #second = 0x01234567;

  numbers(values: Float32Array): void {
    for (const byte of new Uint8Array(values.buffer)) this.#add(byte);
  }

  /** Four bytes at a time: a change of one of them always changes the state. */
  words(values: Float32Array): void {
    for (const word of new Uint32Array(values.buffer, values.byteOffset, values.length)) this.#add(word);
  }

  text(text: string): void {
    for (let i = 0; i < text.length; i++) this.#add(text.charCodeAt(i));
  }

  #add(value: number): void {
    this.#first = Math.imul(this.#first ^ value, 0x01000193);
    this.#second = Math.imul(this.#second ^ value, 0x01000193);
  }

  digest(): string {
    return [this.#first, this.#second].map((state) => (state >>> 0).toString(16).padStart(8, "0")).join("");
  }
}
