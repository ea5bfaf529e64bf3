import { type DdlToken, ddlTokens } from "./restore-tokens.ts";

/** What a `CREATE WORKLOAD` says. Workloads are the engine's resource groups. */
export type WorkloadStatement = {
  readonly name: string;
  /** Absent for the one root. */
  readonly parent?: string;
  /** The resources that its SETTINGS name. */
  readonly resources: readonly string[];
};

/** What a `CREATE RESOURCE` says. */
export type ResourceStatement = {
  readonly name: string;
  /** What it shares out that only one resource of a server may, such as `MASTER THREAD` and `QUERY`; disks may be shared out by several. */
  readonly alone: readonly string[];
};

/** A workload, and the resources that it needs. */
export type WorkloadText = {
  readonly resources: readonly (ResourceStatement & { readonly text: string })[];
  readonly workload: WorkloadStatement & { readonly text: string };
};

/** One text of a workload and of what it needs, in the order in which they are made. */
export function joinWorkload(resources: readonly string[], workload: string): string {
  return [...resources, workload].join("; ");
}

/** Takes apart what {@link joinWorkload} made. Throws an Error where it is anything else. */
export function splitWorkload(text: string): WorkloadText {
  const statements: string[] = [""];
  for (const token of ddlTokens(text)) {
    if (token.text === ";") statements.push("");
    else statements.push(`${statements.pop() ?? ""}${token.text}`);
  }
  const texts = statements.map((statement) => statement.trim());
  const last = texts.pop() ?? "";
  return {
    resources: texts.map((each) => ({ text: each, ...parseResource(each) })),
    workload: { text: last, ...parseWorkload(last) },
  };
}

/** Throws an Error when it is none that the engine would print. */
export function parseWorkload(statement: string): WorkloadStatement {
  const [name, ...rest] = named(statement, "WORKLOAD");
  const hasParent = rest[0]?.text === "IN" && rest[1]?.kind === "name";
  const [first, ...settings] = hasParent ? rest.slice(2) : rest;
  if (first !== undefined && first.text !== "SETTINGS") throw new Error("it says more than a workload does");
  const resources = listOf(settings).flatMap((setting) => {
    const [word, resource] = setting.slice(-2);
    return setting.length > 4 && word?.text === "FOR" && resource?.kind === "name" ? [resource.value] : [];
  });
  const parent = hasParent && rest[1] !== undefined ? { parent: rest[1].value } : {};
  return { name, ...parent, resources: [...new Set(resources)] };
}

/** Throws an Error when it is none that the engine would print. */
export function parseResource(statement: string): ResourceStatement {
  const [name, open, ...rest] = named(statement, "RESOURCE");
  if (open?.text !== "(" || rest.at(-1)?.text !== ")") throw new Error("it does not say what the resource is of");
  const shares = listOf(rest.slice(0, -1)).map((tokens) => tokens.map(({ text }) => text).join(" "));
  return { name, alone: shares.filter((share) => !/^(?:READ|WRITE) (?:ANY )?DISK\b/.test(share)) };
}

function named(statement: string, kind: "WORKLOAD" | "RESOURCE"): [string, ...DdlToken[]] {
  const [create, what, name, ...rest] = ddlTokens(statement).filter((token) => token.kind !== "space");
  if (create?.text !== "CREATE" || what?.text !== kind || name?.kind !== "name") {
    throw new Error(`it begins as no ${kind.toLowerCase()} does`);
  }
  if (rest.some(({ text }) => text === ";")) throw new Error("it is more than one statement");
  return [name.value, ...rest];
}

function listOf(tokens: readonly DdlToken[]): DdlToken[][] {
  const items: DdlToken[][] = [[]];
  for (const token of tokens) {
    if (token.text === ",") items.push([]);
    else items.at(-1)?.push(token);
  }
  return items;
}
