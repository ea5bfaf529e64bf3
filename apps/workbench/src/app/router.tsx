import { ClusterId } from "@snapdeck/contract/scalars";
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  notFound,
  Outlet,
} from "@tanstack/react-router";
import { activityQuery, backupsQuery, clusterQuery, inventoryQuery, jobsQuery } from "../api/queries.ts";
import { queryClient } from "../api/query-client.ts";
import { readSnapshotsSearch } from "../features/snapshots/snapshots-search.ts";
import { Shell } from "../shell/shell.tsx";
import { FirstCluster } from "./first-cluster.tsx";
import { NoSuchPage } from "./no-such-page.tsx";
import { PageBroke } from "./page-broke.tsx";
import { readJobsSearch, readSignInSearch } from "./search-params.ts";

const root = createRootRoute({ component: Outlet, notFoundComponent: NoSuchPage, errorComponent: PageBroke });

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: readSignInSearch,
  component: lazyRouteComponent(() => import("../features/sign-in/sign-in-page.tsx"), "SignInPage"),
});

const setup = createRoute({
  getParentRoute: () => root,
  path: "/setup",
  component: lazyRouteComponent(() => import("../features/setup/setup-page.tsx"), "SetupPage"),
});

/** Everything that needs a sign-in, inside the shell. */
const signedIn = createRoute({ getParentRoute: () => root, id: "signed-in", component: Shell });

const start = createRoute({ getParentRoute: () => signedIn, path: "/", component: FirstCluster });

const ofCluster = createRoute({
  getParentRoute: () => signedIn,
  path: "/clusters/$clusterId",
  params: {
    parse: ({ clusterId }) => {
      const id = ClusterId.safeParse(clusterId);
      if (!id.success) throw notFound();
      return { clusterId: id.data };
    },
    stringify: ({ clusterId }) => ({ clusterId }),
  },
  // Begins what every page of a cluster needs while the page's code is still on its way.
  loader: ({ params: { clusterId } }) => {
    void queryClient.prefetchQuery(clusterQuery(clusterId));
    void queryClient.prefetchQuery(activityQuery(clusterId));
  },
});

const cluster = createRoute({
  getParentRoute: () => ofCluster,
  path: "/",
  loader: ({ params }) => void queryClient.prefetchQuery(inventoryQuery(params.clusterId)),
  component: lazyRouteComponent(() => import("../features/cluster/cluster-page.tsx"), "ClusterPage"),
});

const snapshots = createRoute({
  getParentRoute: () => ofCluster,
  path: "/snapshots",
  validateSearch: readSnapshotsSearch,
  loaderDeps: ({ search: { search, sort } }) => ({ search, sort: sort ?? "newest" }),
  loader: ({ params, deps }) => void queryClient.prefetchInfiniteQuery(backupsQuery(params.clusterId, deps)),
  component: lazyRouteComponent(() => import("../features/snapshots/snapshots-page.tsx"), "SnapshotsPage"),
});

const jobs = createRoute({
  getParentRoute: () => ofCluster,
  path: "/jobs",
  validateSearch: readJobsSearch,
  loader: ({ params }) => void queryClient.prefetchInfiniteQuery(jobsQuery(params.clusterId)),
  component: lazyRouteComponent(() => import("../features/jobs/jobs-page.tsx"), "JobsPage"),
});

const sql = createRoute({
  getParentRoute: () => ofCluster,
  path: "/sql",
  component: lazyRouteComponent(() => import("../features/sql/sql-page.tsx"), "SqlPage"),
});

const users = createRoute({
  getParentRoute: () => signedIn,
  path: "/users",
  component: lazyRouteComponent(() => import("../features/users/users-page.tsx"), "UsersPage"),
});

const audit = createRoute({
  getParentRoute: () => signedIn,
  path: "/audit",
  component: lazyRouteComponent(() => import("../features/audit/audit-page.tsx"), "AuditPage"),
});

const tree = root.addChildren([
  signIn,
  setup,
  signedIn.addChildren([start, ofCluster.addChildren([cluster, snapshots, sql, jobs]), users, audit]),
]);

export const router = createRouter({
  routeTree: tree,
  defaultPreload: "intent",
  // The query cache decides what is fresh; the router only says when to look.
  defaultPreloadStaleTime: 0,
  defaultPendingMs: 200,
  scrollRestoration: false,
  defaultNotFoundComponent: NoSuchPage,
  defaultErrorComponent: PageBroke,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
