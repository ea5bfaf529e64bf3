import { until } from "../harness/processes.ts";
import { type FaultCase, faults } from "./cases.ts";
import { endedAs } from "./expect-end.ts";
import { backUpUntil } from "./slow-backup.ts";
import { openFile, spoil } from "./spoiled-calls.ts";

/** One write of the engine's copy fails, unseen: it goes on and reports success over a file with a hole. */
const oneWriteFails = (error: "EIO" | "ENOSPC", tier: FaultCase["tier"]): FaultCase => ({
  id: `B3-E-${error}`,
  row: "B3",
  fault: "E",
  tier,
  needs: "strace",
  title: `one write of the copy that fails with ${error}: the backup is not believed, though the engine says that it is done`,
  run: async (world) => {
    const job = await backUpUntil(world, 0.01);
    const pid = await world.rankPid();
    const { storeRoot } = world.stack.servers;
    const path = await until("the engine writes a large file", () =>
      openFile(pid, (name) => name.startsWith(storeRoot) && name.endsWith("data.bin")),
    );
    const mend = await spoil({ pid, path, calls: "write,pwrite64", inject: `write,pwrite64:error=${error}:when=1` });
    try {
      return endedAs(await world.outcome(job), { ends: "failed", code: ["proof-failed"] });
    } finally {
      await mend();
    }
  },
});

faults("B: a store whose disk fails", {}, [oneWriteFails("EIO", "quick"), oneWriteFails("ENOSPC", "full")]);
