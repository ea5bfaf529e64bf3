import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./root.mjs";

/**
 * Adds to package-lock.json the optional packages of other platforms that npm left out, because the registry it asked keeps no
 * copy of them: `npm ci` refuses a lock file without them. They get no integrity: nobody here has seen their bytes.
 */
const path = join(ROOT, "package-lock.json");

/** @type {Record<string, string>} */
const SYSTEMS = { android: "android", darwin: "darwin", linux: "linux", win32: "win32", windows: "win32" };
/** @type {Record<string, string>} */
const PROCESSORS = { arm: "arm", arm64: "arm64", x64: "x64", 64: "x64" };

/**
 * The platform that a package's name ends in, such as `@biomejs/cli-linux-x64-musl`.
 * @param {string} name
 */
function platformOf(name) {
  const words = name.split("/").at(-1)?.split("-") ?? [];
  const os = words.map((word) => SYSTEMS[word]).find(Boolean);
  const cpu = words.map((word) => PROCESSORS[word]).find(Boolean);
  return os && cpu ? { os: [os], cpu: [cpu], ...(words.includes("musl") ? { libc: ["musl"] } : {}) } : undefined;
}

/** @type {{ packages: Record<string, { optionalDependencies?: Record<string, string>, dev?: boolean, license?: string }> }} */
const lock = JSON.parse(readFileSync(path, "utf8"));
for (const [parentPath, parent] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
    const key = `node_modules/${name}`;
    const platform = platformOf(name);
    const isThere = lock.packages[key] !== undefined || lock.packages[`${parentPath}/${key}`] !== undefined;
    // Only an exact version says what would have been locked.
    if (isThere || platform === undefined || !/^\d/.test(version)) continue;
    const { dev, license } = parent;
    lock.packages[key] = Object.assign(
      { version, ...platform, optional: true },
      dev === undefined ? {} : { dev },
      license === undefined ? {} : { license },
    );
    console.log(`added ${name}@${version}`);
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, "en")));
writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
