import type { LiveFrame } from "@snapdeck/contract/live";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { LiveSocket, type Wire } from "./live-socket.ts";

/** A wire whose other end is the test. */
class TestWire implements Wire {
  readyState: Wire["readyState"] = 0;
  onopen: Wire["onopen"] = null;
  onclose: Wire["onclose"] = null;
  onmessage: Wire["onmessage"] = null;
  readonly sent: string[] = [];
  closed = false;

  send(data: Parameters<Wire["send"]>[0]): void {
    this.sent.push(String(data));
  }

  close(): void {
    this.closed = true;
  }

  opens(): void {
    this.readyState = 1;
    this.onopen?.call(this as unknown as WebSocket, new Event("open"));
  }

  says(frame: LiveFrame): void {
    const event = new MessageEvent("message", { data: JSON.stringify(frame) });
    this.onmessage?.call(this as unknown as WebSocket, event);
  }

  breaks(code = 1006): void {
    const event = Object.assign(new Event("close"), { code, reason: "", wasClean: false });
    this.onclose?.call(this as unknown as WebSocket, event as CloseEvent);
  }
}

const BEAT: LiveFrame = { type: "beat", at: "2026-11-22T13:00:00.000Z" };

function aSocket() {
  const wires: TestWire[] = [];
  const frames: LiveFrame[] = [];
  const onSignedOut = vi.fn();
  const onOpen = vi.fn();
  const onUnread = vi.fn();
  const socket = new LiveSocket({
    open: () => {
      const wire = new TestWire();
      wires.push(wire);
      return wire;
    },
    onOpen,
    onFrame: (frame) => frames.push(frame),
    onUnread,
    onSignedOut,
    random: () => 0.5,
  });
  const wire = () => wires.at(-1)!;
  return { socket, wires, wire, frames, onSignedOut, onOpen, onUnread };
}

describe("The live connection", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test("is live with the first frame and not before", () => {
    const { socket, wire, frames } = aSocket();
    socket.start();
    wire().opens();
    expect(socket.status().state).toBe("connecting");
    wire().says(BEAT);
    expect(socket.status()).toEqual({ state: "live" });
    expect(frames).toEqual([BEAT]);
  });

  test("that breaks comes back almost at once and says again what it follows", () => {
    const { socket, wires, wire, onOpen } = aSocket();
    socket.start();
    wire().opens();
    wire().says(BEAT);
    wire().breaks();
    expect(socket.status().state).toBe("connecting");
    vi.advanceTimersByTime(125);
    expect(wires).toHaveLength(2);
    wire().opens();
    expect(onOpen).toHaveBeenCalledTimes(2);
  });

  test("that cannot come back is offline, says when it tries again, and waits longer each time", () => {
    const { socket, wires, wire } = aSocket();
    socket.start();
    wire().breaks();
    vi.advanceTimersByTime(125);
    wire().breaks();
    expect(socket.status()).toEqual({ state: "offline", nextTryAtMs: Date.now() + 1000 });
    vi.advanceTimersByTime(1000);
    expect(socket.status()).toEqual({ state: "offline" });
    wire().breaks();
    vi.advanceTimersByTime(2999);
    expect(wires).toHaveLength(3);
    vi.advanceTimersByTime(1);
    expect(wires).toHaveLength(4);
  });

  test("is dead after 12 seconds without a beat, although it looks open", () => {
    const { socket, wires, wire } = aSocket();
    socket.start();
    wire().opens();
    wire().says(BEAT);
    vi.advanceTimersByTime(11_999);
    expect(socket.status().state).toBe("live");
    vi.advanceTimersByTime(1);
    expect(socket.status().state).toBe("offline");
    expect(wires[0]?.closed).toBe(true);
    vi.advanceTimersByTime(125);
    expect(wires).toHaveLength(2);
  });

  test("tries at once when the network is back", () => {
    const { socket, wires, wire } = aSocket();
    socket.start();
    for (const waitMs of [125, 1000, 3000]) {
      wire().breaks();
      vi.advanceTimersByTime(waitMs);
    }
    wire().breaks();
    expect(wires).toHaveLength(4);
    socket.tryNow();
    expect(wires).toHaveLength(5);
    vi.advanceTimersByTime(11_000);
    expect(wires).toHaveLength(5);
  });

  test("that the server closes for want of a session says so", () => {
    const { socket, wire, onSignedOut } = aSocket();
    socket.start();
    wire().breaks(4401);
    expect(onSignedOut).toHaveBeenCalledOnce();
  });

  test("that was stopped stays away", () => {
    const { socket, wires, wire } = aSocket();
    socket.start();
    wire().opens();
    socket.stop();
    vi.advanceTimersByTime(60_000);
    expect(wires).toHaveLength(1);
    expect(wire().closed).toBe(true);
  });

  test("that says what this page cannot read is alive, and tells that something was missed", () => {
    const { socket, wire, frames, onUnread } = aSocket();
    socket.start();
    wire().opens();
    for (const data of ["not a frame", '{"type":"job","seq":"of a newer server"}']) {
      wire().onmessage?.call({} as WebSocket, new MessageEvent("message", { data }));
    }
    expect(frames).toEqual([]);
    expect(onUnread).toHaveBeenCalledTimes(2);
    expect(socket.status().state).toBe("live");
  });
});
