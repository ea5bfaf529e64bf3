import { BackupWorld } from "./backup-world.ts";
import { describeCrashes } from "./crash-suite.ts";
import { openSwiftPlace } from "./swift/swift-place.ts";
import { type SwiftServer, startSwift } from "./swift/swift-server.ts";

let swift: SwiftServer;

// Every change is tried in a directory; here the way to the store is.
describeCrashes({
  title: "In a bucket",
  every: 7,
  open: async () => BackupWorld.open(await openSwiftPlace(swift)),
  start: async () => {
    swift = await startSwift();
  },
  stop: () => swift.stop(),
});
