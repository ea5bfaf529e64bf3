import { localStorageColorSchemeManager, MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { queryClient } from "../api/query-client.ts";
import { LiveRegion } from "../components/live-region.tsx";
import { ConfirmPassword } from "../session/confirm-password.tsx";
import { theme } from "../theme/theme.ts";
import { router } from "./router.tsx";

/** The key is also read by `before-first-paint.js`. */
const colorSchemeManager = localStorageColorSchemeManager({ key: "snapdeck-color-scheme" });

export function App() {
  return (
    // Variables and classes come from our style sheets: the Content-Security-Policy allows none that are made at run time.
    <MantineProvider
      theme={theme}
      colorSchemeManager={colorSchemeManager}
      defaultColorScheme="auto"
      withCssVariables={false}
      withGlobalClasses={false}
    >
      <QueryClientProvider client={queryClient}>
        <LiveRegion>
          <RouterProvider router={router} />
          <ConfirmPassword />
        </LiveRegion>
      </QueryClientProvider>
    </MantineProvider>
  );
}
