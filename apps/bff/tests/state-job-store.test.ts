import { KyselyJobStore } from "../src/state/kysely-job-store.ts";
import { jobLeasesSuite } from "./state-job-leases-suite.ts";
import { jobLocksSuite } from "./state-job-locks-suite.ts";
import { jobReadsSuite } from "./state-job-reads-suite.ts";
import { temporaryState } from "./temporary-state.ts";

const open = async () => new KyselyJobStore((await temporaryState()).db);

jobLocksSuite("SQLite", open);
jobLeasesSuite("SQLite", open);
jobReadsSuite("SQLite", open);
