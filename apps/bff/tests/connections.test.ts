import { connectionChangesSuite } from "./connection-changes-suite.ts";
import { connectionsSuite } from "./connections-suite.ts";
import { temporaryState } from "./temporary-state.ts";

const open = async () => (await temporaryState()).db;

connectionsSuite("SQLite", open);
connectionChangesSuite("SQLite", open);
