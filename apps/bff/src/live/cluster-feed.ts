import type { Job } from "@snapdeck/contract/job";
import { UNDER_WAY } from "@snapdeck/contract/job";
import type { LiveFrame } from "@snapdeck/contract/live";
import { ROLES } from "@snapdeck/contract/role";
import type { ClusterId } from "@snapdeck/contract/scalars";
import type { Log } from "../log.ts";
import type { ClusterEvent, Services } from "../services.ts";
import { type EncodedFrame, encodeFrame } from "./encode-frame.ts";
import { Follower } from "./follower.ts";
import { JobSequence, type Sequenced } from "./job-sequence.ts";
import { ProgressPacer } from "./progress-pacer.ts";
import type { Reader } from "./reader.ts";
import { Refresher } from "./refresher.ts";

export type FeedServices = Pick<Services, "clusters" | "jobs">;

/** At most ten a second for each job (architecture.md section 10), and fewer where so many read that sending takes long. */
const PROGRESS_EVERY_MS = 100;
const PROGRESS_MS_PER_READER = 0.1;
/** One page of changes; at about 1 KiB each it stays well below what makes a reader too slow. */
const REPLAY_CHANGES = 200;
/** A change that was told before its predecessor waits this long for it before the store is asked. */
const GAP_MS = 20;
const MOST_EARLY = 5_000;
`;
