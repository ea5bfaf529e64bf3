import type { FaultCase } from "./cases.ts";
import { faults } from "./cases.ts";
import { endedAs } from "./expect-end.ts";

const canceledAt = (failpoint: string, moment: string): FaultCase => ({
  id: `K4-R-${failpoint}`,
  row: "K4",
  fault: "R",
  tier: "quick",
  title: `a backup that is canceled ${moment} leaves no file, whatever the engine says of it`,
  run: async (world) => {
    await world.bff({ failpoints: `${failpoint}=hold` });
    const job = await world.startBackup();
    if (job === undefined) throw new Error("the backup did not start");
    await world.reached(failpoint);
    await (await world.admin()).get("cancelJob", { params: { jobId: job.id } });
    world.letGo();
    return endedAs(await world.outcome(job), { ends: "canceled" });
  },
});

faults("K4: a backup that is canceled when the engine has ended it", {}, [
  canceledAt("backup.afterAck", "when the engine says that it is done"),
  canceledAt("backup.afterProof", "when it is proven"),
]);
