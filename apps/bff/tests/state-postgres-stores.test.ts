import { connectionChangesSuite } from "./connection-changes-suite.ts";
import { connectionsSuite } from "./connections-suite.ts";
import { postgresForTests } from "./postgres/postgres-state.ts";
import { auditSuite } from "./state-audit-suite.ts";
import { catalogSuite } from "./state-catalog-suite.ts";
import { usersSuite } from "./state-users-suite.ts";

const { freshState } = postgresForTests();

const open = async () => (await freshState()).db;

usersSuite("PostgreSQL", open);
auditSuite("PostgreSQL", open);
catalogSuite("PostgreSQL", open);
connectionsSuite("PostgreSQL", open);
connectionChangesSuite("PostgreSQL", open);
