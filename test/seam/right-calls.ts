import { expect, it } from "vitest";
import type { RightCall } from "../misuse/misuse";
import { expectSame, onDevice } from "./same";

/** What looks at numbers at once, and so cannot run on a device: the errors say what to do instead. */
const looking = new Set<string>([]);

/** A right call gives the same on a device whose numbers cannot be looked at, or refuses and says what to do. */
export function testOnDevice(name: string, run: (args: readonly unknown[]) => unknown, right: RightCall): void {
  const { args, after, title = name } = right;
  if (looking.has(name))
    it(`${title}: a device is refused with advice`, async () => {
      await expect(onDevice(async () => run(args()))).rejects.toThrow(/await/);
    });
  else
    it(`${title}: runs on a device`, async () => {
      await expectSame(async () => {
        try {
          const given = args();
          return { result: await run(given), given };
        } finally {
          after?.();
        }
      });
    });
}
