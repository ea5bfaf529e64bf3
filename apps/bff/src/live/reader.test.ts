import { LIVE_CLOSE } from "@snapdeck/contract/live";
import { UserId } from "@snapdeck/contract/scalars";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Presence } from "../auth/sessions.ts";
import type { Delivery, EncodedFrame } from "./encode-frame.ts";
import { Reader, SLOW_BYTES, TOO_SLOW_BYTES } from "./reader.ts";

const T0 = "2026-11-22T09:00:00.000Z";

const PRESENCE: Presence = {
  user: { id: UserId.parse("2f1b3c52-7b1c-4a52-9b0e-1f3f4d5a6b7c"), username: "ada", role: "viewer", createdAt: T0 },
  session: {
    tokenHash: "h",
    userId: UserId.parse("2f1b3c52-7b1c-4a52-9b0e-1f3f4d5a6b7c"),
    csrfToken: "c",
    createdAt: T0,
    lastSeenAt: T0,
    confirmedAt: T0,
  },
  expiresAt: T0,
};

function aWire() {
  const sent: string[] = [];
  const closed: number[] = [];
  const done: (() => void)[] = [];
  return {
    bufferedBytes: 0,
    sent,
    closed,
    terminated: false,
    /** The kernel took everything. */
    drain() {
      this.bufferedBytes = 0;
      for (const tell of done.splice(0)) tell();
    },
    write(frames: Buffer, tell?: () => void) {
      if (frames.length > 0) sent.push(frames.toString());
      if (tell !== undefined) done.push(tell);
    },
    ping: () => undefined,
    close(code: number) {
      closed.push(code);
    },
    terminate() {
      this.terminated = true;
    },
  };
}

function frame(delivery: Delivery, text: string, key: string = delivery): EncodedFrame {
  return { bytes: Buffer.from(text), delivery, key };
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe("A slow reader", () => {
  test("misses progress, is told every change of state, and of a cluster's views the newest once it has caught up", () => {
    const wire = aWire();
    const reader = new Reader(wire, PRESENCE);
    wire.bufferedBytes = SLOW_BYTES + 1;
    reader.deliver(frame("passing", "progress"));
    reader.deliver(frame("state", "job"));
    reader.deliver(frame("newest", "running", "cluster local"));
    reader.deliver(frame("newest", "suspended", "cluster local"));
    reader.catchUp();
    expect(wire.sent).toEqual(["job"]);
    wire.bufferedBytes = 0;
    reader.catchUp();
    expect(wire.sent).toEqual(["job", "suspended"]);
  });

  test("is not shown an old view after a newer one", () => {
    const wire = aWire();
    const reader = new Reader(wire, PRESENCE);
    wire.bufferedBytes = SLOW_BYTES + 1;
    reader.deliver(frame("newest", "old"));
    wire.bufferedBytes = 0;
    reader.deliver(frame("newest", "new"));
    reader.catchUp();
    expect(wire.sent).toEqual(["new"]);
  });

  test("is waited for while it reads a replay", async () => {
    const wire = aWire();
    const reader = new Reader(wire, PRESENCE);
    wire.bufferedBytes = SLOW_BYTES + 1;
    reader.deliver(frame("state", "page"));
    let drained = false;
    const waiting = reader.drained().then(() => {
      drained = true;
    });
    await Promise.resolve();
    expect(drained).toBe(false);
    wire.drain();
    await waiting;
    expect(drained).toBe(true);
  });
});

describe("A reader that is too slow", () => {
  test("is told to read over HTTP, closed with a code of its own, and cut off when it does not answer", () => {
    const wire = aWire();
    const reader = new Reader(wire, PRESENCE);
    wire.bufferedBytes = TOO_SLOW_BYTES + 1;
    expect(reader.isTooSlow).toBe(true);
    reader.letGo([frame("state", "resync")]);
    expect(wire.sent).toEqual(["resync"]);
    expect(wire.closed).toEqual([LIVE_CLOSE.tooSlow]);
    reader.deliver(frame("state", "job"));
    expect(wire.sent).toEqual(["resync"]);
    vi.advanceTimersByTime(5_000);
    expect(wire.terminated).toBe(true);
  });
});
