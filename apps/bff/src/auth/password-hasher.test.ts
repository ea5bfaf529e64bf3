import { describe, expect, test } from "vitest";
import { OWASP_COST, PasswordHasher } from "./password-hasher.ts";

const CHEAP = { costLog2: 4, blockSize: 8, parallelism: 1 };

describe("A stored password", () => {
  test("is matched by itself and by nothing else", async () => {
    const hasher = new PasswordHasher(CHEAP);
    const stored = await hasher.hash("correct horse");
    expect(await hasher.matches("correct horse", stored)).toBe(true);
    expect(await hasher.matches("correct horsf", stored)).toBe(false);
    expect(await hasher.matches("", stored)).toBe(false);
  });

  test("differs each time it is stored", async () => {
    const hasher = new PasswordHasher(CHEAP);
    expect(await hasher.hash("same")).not.toBe(await hasher.hash("same"));
  });

  test("names its own parameters, so that an old one still matches after they grew", async () => {
    const stored = await new PasswordHasher(CHEAP).hash("correct horse");
    expect(stored).toMatch(/^\$scrypt\$ln=4,r=8,p=1\$/);
    expect(await new PasswordHasher({ ...CHEAP, costLog2: 6 }).matches("correct horse", stored)).toBe(true);
  });

  test("costs what OWASP asks for by default", async () => {
    expect(OWASP_COST).toEqual({ costLog2: 17, blockSize: 8, parallelism: 1 });
    expect(await new PasswordHasher().hash("correct horse")).toMatch(/^\$scrypt\$ln=17,r=8,p=1\$/);
  });
});

describe("A user who does not exist", () => {
  test("costs whoever guesses as much work as one who does", async () => {
    const hasher = new PasswordHasher({ ...CHEAP, costLog2: 14 });
    const stored = await hasher.hash("correct horse");
    const quickest = async (hash: string | undefined) => {
      const tookMs: number[] = [];
      for (let run = 0; run < 5; run += 1) {
        const startedAtMs = performance.now();
        expect(await hasher.matches("wrong", hash)).toBe(false);
        tookMs.push(performance.now() - startedAtMs);
      }
      return Math.min(...tookMs);
    };
    const known = await quickest(stored);
    const unknown = await quickest(undefined);
    // Without the dummy hash the ratio is in the thousands.
    expect(known / unknown).toBeLessThan(20);
  });
});

describe("A flood of sign-ins", () => {
  test("is worked off a few at a time, and those beyond a limit are sent away", async () => {
    const hasher = new PasswordHasher(CHEAP);
    const outcomes = await Promise.allSettled(Array.from({ length: 60 }, () => hasher.hash("x")));
    const refused = outcomes.filter((outcome) => outcome.status === "rejected");
    expect(refused).toHaveLength(60 - 2 - 32);
    expect(String(refused[0]?.reason)).toContain("too-many-requests");
    expect(await hasher.hash("after")).toContain("$scrypt$");
  });
});
