import { catalogSuite } from "./state-catalog-suite.ts";
import { temporaryState } from "./temporary-state.ts";

catalogSuite("SQLite", async () => (await temporaryState()).db);
