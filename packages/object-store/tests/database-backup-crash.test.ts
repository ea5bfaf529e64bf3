import { BackupWorld } from "./backup-world.ts";
import { describeCrashes } from "./crash-suite.ts";

describeCrashes({ title: "In a directory", open: () => BackupWorld.open(), every: 1 });
