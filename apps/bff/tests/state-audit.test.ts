import { auditSuite } from "./state-audit-suite.ts";
import { temporaryState } from "./temporary-state.ts";

auditSuite("SQLite", async () => (await temporaryState()).db);
