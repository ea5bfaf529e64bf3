import { KyselyJobStore } from "../src/state/kysely-job-store.ts";
import { postgresForTests } from "./postgres/postgres-state.ts";
import { jobLeasesSuite } from "./state-job-leases-suite.ts";
import { jobLocksSuite } from "./state-job-locks-suite.ts";
import { jobReadsSuite } from "./state-job-reads-suite.ts";

const { freshState } = postgresForTests();

const open = async () => new KyselyJobStore((await freshState()).db);

jobLocksSuite("PostgreSQL", open);
jobLeasesSuite("PostgreSQL", open);
jobReadsSuite("PostgreSQL", open);
