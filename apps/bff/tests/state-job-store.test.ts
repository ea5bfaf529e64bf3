import { KyselyJobStore } from "../src/state/kysely-job-store.ts";
import { jobStoreSuite } from "./state-job-store-suite.ts";
import { temporaryState } from "./temporary-state.ts";

jobStoreSuite("SQLite", async () => new KyselyJobStore((await temporaryState()).db));
