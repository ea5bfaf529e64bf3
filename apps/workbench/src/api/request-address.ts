import type { Route } from "@snapdeck/contract/route";

/** The address of a route with its parameters and query filled in. Parts of the query that are undefined are left out. */
export function requestAddress(
  route: Pick<Route, "path">,
  params: Record<string, unknown> = {},
  query: Record<string, unknown> = {},
): string {
  const path = route.path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(params[name])));
  const asked = Object.entries(query).filter(([, value]) => value !== undefined);
  const search = new URLSearchParams(asked.map(([name, value]) => [name, String(value)])).toString();
  return `/api${path}${search === "" ? "" : `?${search}`}`;
}
