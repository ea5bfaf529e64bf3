import { faults } from "./cases.ts";
import { type Crash, crashesAt } from "./crash-at.ts";
import { type HostCrash, hostCrashesAt } from "./host-crash-at.ts";
import { OldAndNew } from "./old-and-new.ts";

const data = new OldAndNew();

const any = ["succeeded", "failed", "interrupted"] as const;
const codes = ["interrupted", "engine-failed", "rank-lost", "host-unreachable"];
const all: Crash[] = (["k", "Z", "h", "P"] as const).map((fault) => ({ fault, tier: "quick", ends: any, code: codes }));
const allHost: HostCrash[] = (["h", "Z", "k"] as const).map((fault) => ({
  fault,
  tier: "quick",
  ends: any,
  code: codes,
}));

faults(
  "R6: a swap that is cut off",
  { ready: data.ready },
  [
    ...crashesAt(
      { row: "R6", failpoint: "restore.beforeCommit", moment: "before the swap is asked for" },
      all,
      data.restore,
    ),
    ...crashesAt(
      { row: "R6", failpoint: "restore.afterCommit", moment: "when the swap is asked for" },
      all,
      data.restore,
    ),
    ...hostCrashesAt(
      { row: "R6", failpoint: "seal.afterSync", moment: "when everything is synced" },
      allHost,
      data.restore,
    ),
    ...hostCrashesAt({ row: "R6", failpoint: "swap.afterMarker", moment: "when decided" }, allHost, data.restore),
  ].map(data.judged),
);
