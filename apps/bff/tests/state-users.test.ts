import { usersSuite } from "./state-users-suite.ts";
import { temporaryState } from "./temporary-state.ts";

usersSuite("SQLite", async () => (await temporaryState()).db);
