import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hasEnded, type Owner, ownerText, parseOwner, withOwner } from "../../../src/checkpoint/saving/owner";

/** The owner of a save that is in progress, and what is found out meanwhile. */
async function during<Value>(look: (owner: Owner) => Value, hostname = "host") {
  let seen: { owner: Owner; value: Value } | undefined;
  await withOwner(
    hostname,
    () => "name",
    async (owner) => {
      seen = { owner, value: look(owner) };
    },
  );
  return seen!;
}

describe("the owner of a save", () => {
  const word = fc.stringMatching(/^[A-Za-z0-9_]{1,8}$/);
  const drawn: fc.Arbitrary<Owner> = fc.record({
    host: fc.stringMatching(/^[A-Za-z0-9_.]{1,8}$/),
    pid: fc.nat(),
    started: fc.nat(),
    instance: word,
    number: fc.nat(),
  });

  it("is what its text says", () => {
    fc.assert(
      fc.property(drawn, (owner) => {
        expect(parseOwner(ownerText(owner))).toEqual(owner);
      }),
    );
  });

  it("is nobody for a text with more or less than that", () => {
    fc.assert(
      fc.property(drawn, (owner) => {
        const text = ownerText(owner);
        for (const other of [`-${text}`, `/${text}`, `${text}-`, `${text}x`, text.replace("-", ""), ` ${text}`, ""])
          expect(parseOwner(other), other).toBeUndefined();
      }),
    );
  });

  it("names this process, when it started, and a host of letters that a file name can have", async () => {
    const { owner } = await during(() => {}, "my host/ü.local");
    expect(owner).toMatchObject({ pid: process.pid, host: "my_host__.local" });
    expect(Math.abs(owner.started - (Date.now() / 1000 - process.uptime()))).toBeLessThan(2);
    expect((await during(() => {}, "")).owner.host).toBe("localhost");
    expect(parseOwner(ownerText(owner))).toEqual(owner);
    expect((await during(() => {})).owner.number).toBeGreaterThan(owner.number);
  });
});

describe("a save has ended", () => {
  it("when it has succeeded or failed, and not before", async () => {
    const { owner, value } = await during((own) => hasEnded(own, own));
    expect(value).toBe(false);
    expect(hasEnded(owner, owner)).toBe(true);
    let failed: Owner | undefined;
    const failing = withOwner(
      "host",
      () => "name",
      async (own) => {
        failed = own;
        throw new Error("the disk is full");
      },
    );
    await expect(failing).rejects.toThrow("the disk is full");
    expect(hasEnded(failed, failed!)).toBe(true);
  });

  it("when its process is gone, or another process has its number; what cannot be known is undefined", async () => {
    const { owner: here } = await during(() => {});
    const other = (more: Partial<Owner>) => hasEnded({ ...here, instance: "other", ...more }, here);
    expect(hasEnded(undefined, here)).toBeUndefined();
    expect(other({ host: "elsewhere", pid: 2 ** 30 })).toBeUndefined();
    // Linux gives no number above 2²².
    expect(other({ pid: 2 ** 30 })).toBe(true);
    expect(other({ pid: process.ppid })).toBeUndefined();
    for (const seconds of [-3, 3, 1000]) expect(other({ started: here.started + seconds })).toBe(true);
    for (const seconds of [-2, 0, 2]) expect(other({ started: here.started + seconds })).toBeUndefined();
  });
});
