import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Session } from "chdb";
import { z } from "zod";

type Release = (connection: unknown) => void;

const Addon = z.object({ CloseConnection: z.custom<Release>((value) => typeof value === "function") });
const Loader = z.object({ loadNative: z.custom<() => unknown>((value) => typeof value === "function") });

/**
 * How to close an idle session at once.
 *
 * `Session.close()` of chdb 3.4.0 waits for every statement that runs on any session of the process, because it does not know
 * which of them are on this one. A rank opens a session for each request: beside one long statement, a thousand of them kept
 * 500 MB. We do know that ours is idle, so its connection is given back through the addon itself, and `close()` finds nothing
 * left to do. Where a later chdb has no such addon, `close()` alone is right, only late.
 */
export function idleSessionRelease(): (session: Session) => void {
  const native = nativeRelease();
  return (session) => {
    if (native !== undefined && session.connection !== null) {
      native(session.connection);
      session.connection = null;
    }
    session.close();
  };
}

function nativeRelease(): Release | undefined {
  const require = createRequire(import.meta.url);
  try {
    const loader = Loader.parse(require(join(dirname(require.resolve("chdb")), "dist", "loader.js")));
    return Addon.parse(loader.loadNative()).CloseConnection;
  } catch {
    return undefined;
  }
}
