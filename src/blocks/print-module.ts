import { classOf } from "../describe";
import { Parameter } from "../tensor";

/** A module or parameter, its name, and its children. */
interface Node {
  name: string;
  part: object;
  children: Node[];
}

/**
 * A tree of class names, parameter shapes and parameter counts; one line for consecutive equal parts, `blocks.0 … 11:
 * 12 × DecoderBlock`.
 *
 * @param parts every part by its path, each after the module that contains it
 */
export function printModule(parts: Iterable<[path: string, part: object]>): string {
  const [root, ...others] = [...parts];
  const tree: Node = { name: "", part: root![1], children: [] };
  const open: { path: string; node: Node }[] = [{ path: "", node: tree }];
  for (const [path, part] of others) {
    while (!isInside(path, open.at(-1)!.path)) open.pop();
    const above = open.at(-1)!;
    const node: Node = { name: above.path === "" ? path : path.slice(above.path.length + 1), part, children: [] };
    above.node.children.push(node);
    open.push({ path, node });
  }
  return [heading(tree), ...lines(tree.children, "  ")].join("\n");
}

const isInside = (path: string, module: string): boolean => module === "" || path.startsWith(`${module}.`);

const heading = ({ part, children }: Node): string =>
  part instanceof Parameter ? shapeOf(part) : `${classOf(part)}, ${counted(count(children))}`;

const shapeOf = (parameter: Parameter): string =>
  `[${parameter.shape.join(", ")}]${parameter.quantized ? ` ${parameter.quantized.format}` : ""}${parameter.hasValues ? "" : " without values"}`;

const counted = (numbers: number): string =>
  `${numbers.toLocaleString("en-US")} ${numbers === 1 ? "parameter" : "parameters"}`;

const count = (nodes: readonly Node[]): number =>
  nodes.reduce((sum, { part, children }) => sum + (part instanceof Parameter ? part.size : count(children)), 0);

function lines(nodes: readonly Node[], indent: string): string[] {
  const result: string[] = [];
  for (let first = 0, next = 1; first < nodes.length; first = next++) {
    const node = nodes[first]!;
    const below = lines(node.children, `${indent}  `);
    const text = [heading(node), ...below].join("\n");
    while (
      next < nodes.length &&
      follows(nodes[next - 1]!.name, nodes[next]!.name) &&
      textOf(nodes[next]!, indent) === text
    )
      next++;
    const name = next - first === 1 ? node.name : `${node.name} … ${nodes[next - 1]!.name.split(".").at(-1)}`;
    const times = next - first === 1 ? "" : `${next - first} × `;
    const colon = node.part instanceof Parameter ? "" : ":";
    result.push(`${indent}${name}${colon} ${times}${heading(node)}`, ...below);
  }
  return result;
}

const textOf = (node: Node, indent: string): string =>
  [heading(node), ...lines(node.children, `${indent}  `)].join("\n");

/** Whether two names are neighbours of one array: `blocks.0` and `blocks.1`. */
function follows(before: string, after: string): boolean {
  const [, list, index] = /^(.*?)(\d+)$/.exec(before) ?? [];
  return index !== undefined && after === `${list}${Number(index) + 1}`;
}
