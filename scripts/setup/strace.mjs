import { installPackages, mayInstall, whereIs } from "./debian.mjs";

/**
 * Sees to it that strace is there, where it may be installed: fault cases let single system calls fail with it. Without it they are
 * skipped and say so; nothing else needs it.
 * @param {(text: string) => void} tell
 */
export async function installStraceIfAllowed(tell) {
  if (whereIs("strace") !== undefined || !(await mayInstall())) return;
  tell("Installing Debian's strace (once, some seconds) ...");
  const { ok } = await installPackages(["strace"]);
  if (!ok) tell("strace could not be installed; fault cases that need it are skipped.");
}
