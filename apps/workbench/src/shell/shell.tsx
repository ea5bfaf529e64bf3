import { useQuery } from "@tanstack/react-query";
import { Outlet, useRouter } from "@tanstack/react-router";
import { useEffect } from "react";
import { sessionQuery } from "../api/queries.ts";
import { ProblemNote } from "../components/problem-note.tsx";
import { useSlow } from "../components/use-slow.ts";
import { LiveProvider } from "../live/live-provider.tsx";
import { Footer } from "./footer.tsx";
import { Header } from "./header.tsx";
import { Navigation } from "./navigation.tsx";
import classes from "./shell.module.css";
import { useCurrentCluster } from "./use-current-cluster.ts";
import { useFocusOnArrival } from "./use-focus-on-arrival.ts";

/** Lets in who is signed in, and sends the rest to the sign-in page, which leads back to this address. */
export function Shell() {
  const { data: session, error, refetch } = useQuery(sessionQuery());
  useSignInAskedFor(session?.signedIn === false);
  const slow = useSlow(session === undefined && error === null);
  if (session === undefined) {
    return (
      <div className={classes["waiting"]}>
        {error !== null && <ProblemNote error={error} onRetry={() => void refetch()} />}
        {slow && <p className="quiet">The server takes longer than usual. Still waiting…</p>}
      </div>
    );
  }
  return session.signedIn ? <SignedIn /> : null;
}

/** Goes to the sign-in page once, with the address that was asked for at that moment. */
function useSignInAskedFor(asked: boolean): void {
  const router = useRouter();
  useEffect(() => {
    if (!asked) return;
    const { href } = router.state.location;
    void router.navigate({ to: "/sign-in", search: href === "/" ? {} : { to: href }, replace: true });
  }, [asked, router]);
}

function SignedIn() {
  const current = useCurrentCluster();
  useFocusOnArrival();
  return (
    <LiveProvider clusterId={current.clusterId}>
      <a className={classes["skip"]} href="#content">
        Skip to the content
      </a>
      <div className={classes["frame"]}>
        <Header current={current} />
        <aside className={classes["side"]}>
          <Navigation clusterId={current.clusterId} />
        </aside>
        <main id="content" className={classes["content"]} tabIndex={-1}>
          <div className={classes["page"]}>
            <Outlet />
          </div>
        </main>
        <Footer />
      </div>
    </LiveProvider>
  );
}
