import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { checkClusterDir } from "./cluster-dir/check-cluster-dir.ts";
import { type Finding, Findings } from "./findings.ts";
import { Pace } from "./pace.ts";
import { SigningKey } from "./signing-key.ts";
import { checkCatalog } from "./state/check-catalog.ts";
import { lookAtState, type StateSource } from "./state/look-at-state.ts";
import { ownerOf } from "./store/check-store-root.ts";
import { refuseKeysInStore } from "./store/keys-in-store.ts";
import { lookAtStore } from "./store/look-at-store.ts";
import { removeUnowned } from "./store/remove-unowned.ts";
import type { Break, CheckProgress, StoreReport } from "./store-report.ts";
import { Tally } from "./tally.ts";

export type CheckOptions = {
  /** The directory that holds the backups. */
  readonly storeRoot: string;
  /** Checks that cluster only; all that the store holds when absent. */
  readonly clusterId?: string | undefined;
  /** Where the console keeps jobs, catalog and audit trail. Without it nobody can tell whether a job owns what is not listed. */
  readonly state?: StateSource | undefined;
  /** The key that signs; signatures are looked at for being there only when absent. `keysDir` holds it as `sealing.key`. */
  readonly keyFile?: string | undefined;
  readonly keysDir?: string | undefined;
  /** The host manager's directory; its swaps and restores are checked too when it is named. */
  readonly clusterDir?: string | undefined;
  /** Reads every byte, not only those that lead a restore. */
  readonly bytes: boolean;
  /** Removes what nothing owns. Default false: nothing is written anywhere. */
  readonly repair?: boolean;
  /** How long what runs beside the check has to become whole before it is looked at again, in milliseconds. Default 1 000. */
  readonly lookAgainAfterMs?: number;
  /** What time it is, in milliseconds since the epoch. Default: the clock of this machine. */
  readonly now?: () => number;
};

/** A removal that takes longer than so many looks is told as it stands. */
const MOST_LOOKS = 30;

/**
 * Proves the invariants on a store and on the state of its console, by its own reading of both, and names each break. May run beside
 * jobs: the state is read first, so that whatever a job did since only adds to what is allowed, and what looks broken is looked
 * at a second time before it is told.
 * @throws {SnapdeckError} `store-unavailable` when the store or the state cannot be read at all; the reason of `signal`
 */
export async function checkStore(
  options: CheckOptions,
  signal?: AbortSignal,
  onProgress: (progress: CheckProgress) => void = () => undefined,
): Promise<StoreReport> {
  await ownerOf(options.storeRoot);
  const check = new StoreCheck(options, new Pace(signal), await keyOf(options));
  const first = await check.look(new Tally(onProgress));
  const broken = await confirmed(check, first.findings.all(), options.lookAgainAfterMs ?? 1_000, signal);
  const breaks: Break[] = [];
  for (const finding of broken.values()) breaks.push(await settled(options, finding));
  return {
    backups: first.backups,
    files: first.files,
    sizeBytes: first.sizeBytes,
    checked: [...first.findings.facts]
      .map(([invariant, facts]) => ({ invariant, facts }))
      .sort((one, other) => Number(one.invariant.slice(1)) - Number(other.invariant.slice(1))),
    breaks,
  };
}

/** Looks again at what looked broken; what is becoming less is given time, because somebody is removing it. */
async function confirmed(
  check: StoreCheck,
  suspected: ReadonlyMap<string, Finding>,
  lookAgainAfterMs: number,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, Finding>> {
  let broken = suspected;
  for (let looks = 1; broken.size > 0 && looks <= MOST_LOOKS; looks += 1) {
    await setTimeout(lookAgainAfterMs, undefined, signal === undefined ? {} : { signal });
    const backups = [...broken.values()].flatMap(({ backup }) => (backup === undefined ? [] : [backup]));
    const { findings } = await check.look(new Tally(() => undefined), new Set(backups));
    const before = broken;
    broken = new Map([...findings.all()].filter(([key]) => before.has(key)));
    const isShrinking = ([key, { amount = 0 }]: [string, Finding]) => amount < (before.get(key)?.amount ?? 0);
    if (![...broken].some(isShrinking)) break;
  }
  return broken;
}

class StoreCheck {
  readonly #options: CheckOptions;
  readonly #pace: Pace;
  readonly #key: SigningKey | undefined;

  constructor(options: CheckOptions, pace: Pace, key: SigningKey | undefined) {
    this.#options = options;
    this.#pace = pace;
    this.#key = key;
  }

  /** @param only looks into those backups only; the rest of the store and the state are looked at all the same */
  async look(tally: Tally, only?: ReadonlySet<string>) {
    const { storeRoot, clusterId, state: source, clusterDir, bytes, now = Date.now } = this.#options;
    const findings = new Findings();
    const parts = { pace: this.#pace, findings, tally };
    const state = source === undefined ? undefined : await lookAtState(source, { ...parts, nowMs: now });
    await refuseKeysInStore(this.#options, findings);
    const store = await lookAtStore({ storeRoot, clusterId, readBytes: bytes, key: this.#key, state, only }, parts);
    if (state !== undefined) checkCatalog({ state, store, clusterId, only }, findings);
    if (clusterDir !== undefined) await checkClusterDir({ clusterDir, state }, parts);
    tally.tellNow();
    const summaries = [...store.listed.values()].map(({ summary }) => summary);
    return {
      findings,
      backups: summaries.length,
      files: summaries.reduce((sum, { files }) => sum + files, 0),
      sizeBytes: summaries.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    };
  }
}

/** A break as it is told, after what may be done about it was done. */
async function settled({ storeRoot, repair = false }: CheckOptions, finding: Finding): Promise<Break> {
  const { removable = false, amount: _, ...told } = finding;
  if (!removable) return told;
  if (!repair) return { ...told, repair: "nothing owns it: can be removed", repaired: false };
  const files = await removeUnowned(storeRoot, finding.subject);
  return { ...told, repair: `nothing owned it: removed, files: ${files}`, repaired: true };
}

function keyOf({ keyFile, keysDir }: CheckOptions): Promise<SigningKey | undefined> {
  const file = keyFile ?? (keysDir === undefined ? undefined : join(keysDir, "sealing.key"));
  return file === undefined ? Promise.resolve(undefined) : SigningKey.read(file);
}
