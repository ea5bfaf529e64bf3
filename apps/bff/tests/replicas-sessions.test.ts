import { LIVE_CLOSE } from "@snapdeck/contract/live";
import { expect, onTestFinished, test, vi } from "vitest";
import { LiveClient } from "./world/live-client.ts";
import { startWorld } from "./world/start-world.ts";

/** Between two pings a page is believed to be there still, and its session too. */
const PING_EVERY_MS = 20_000;

test("a live connection whose session was ended on another server is closed with the next ping, and no other", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
  await using world = await startWorld();
  const leaver = await LiveClient.of(await world.signedIn("viewer", "leaver"));
  const stayer = await LiveClient.of(await world.signedIn("viewer", "stayer"));
  const user = await world.users.byName("leaver");
  // Beside the server, as another one does it: nobody here is told.
  if (user !== undefined) await world.sessions.deleteOfUser(user.id);
  vi.advanceTimersByTime(PING_EVERY_MS);
  expect(await leaver.closed).toBe(LIVE_CLOSE.signedOut);
  await stayer.until(({ frames }) => frames.filter(({ type }) => type === "beat").length > 3);
  expect(stayer.socket.readyState).toBe(stayer.socket.OPEN);
  await stayer.close();
});
