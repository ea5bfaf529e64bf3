import type { ProblemCode } from "@snapdeck/contract/problem";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { expect, it } from "vitest";
import { faultOfEngine } from "./engine-fault.ts";

it("what the engine has against its data is a fault of the data", () => {
  const thrown = new SnapdeckError("engine-failed", "rank 0 reported: Checksum doesn't match: corrupted data");
  expect(faultOfEngine(thrown)).toContain("corrupted data");
  const short = new SnapdeckError(
    "engine-failed",
    "rank 0 answered: Cannot read all data. Bytes read: 10. Bytes expected: 20.",
  );
  expect(faultOfEngine(short)).toContain("Cannot read all data");
});

it.each<[ProblemCode, string]>([
  ["rank-lost", "rank 0 was lost while it worked"],
  ["disk-full", "rank 0 reported: No space left on device"],
  ["cluster-unreachable", "rank 0 did not answer"],
  ["engine-failed", "rank 0 answered: (total) memory limit exceeded: would use 4 GiB"],
  ["engine-failed", "the work of rank 0 was canceled in the engine, by somebody else"],
  ["engine-failed", "rank 0 answered: Timeout exceeded: elapsed 30 s. (TIMEOUT_EXCEEDED)"],
  ["engine-failed", "rank 0 reported: Too many simultaneous queries. Maximum: 100"],
  ["engine-failed", "rank 0 reported: Cannot schedule a task: no free thread (timeout=0)"],
  ["engine-failed", "rank 0 answered: Cannot open file /data/x.bin: , errno: 24, strerror: Too many open files"],
  ["engine-failed", "rank 0 answered: Cannot read from file 31, errno: 5, strerror: Input/output error"],
  ["engine-failed", "rank 0 reported: Cannot write to file 9, errno: 122, strerror: Disk quota exceeded"],
])("%s, %s says nothing of the data", (code, detail) => {
  const thrown = new SnapdeckError(code, detail);
  expect(() => faultOfEngine(thrown)).toThrow(thrown);
});
