import { IconMapOff } from "@tabler/icons-react";
import { EmptyState } from "../components/empty-state.tsx";
import { TextLink } from "../components/text-link.tsx";

/** For an address that leads nowhere. */
export function NoSuchPage() {
  return (
    <main>
      <title>No such page · Snapdeck</title>
      <EmptyState
        icon={<IconMapOff size={28} aria-hidden />}
        title="There is no such page"
        action={<TextLink to="/">Go to the cluster</TextLink>}
      >
        The address may be mistyped, or what it named is gone.
      </EmptyState>
    </main>
  );
}
