import { lazy, Suspense, useSyncExternalStore } from "react";
import { passwordPrompt } from "./password-prompt.ts";

const ConfirmPasswordDialog = lazy(async () => ({
  default: (await import("./confirm-password-dialog.tsx")).ConfirmPasswordDialog,
}));

/** Shows the dialog while something waits for the password; its code is loaded by then. */
export function ConfirmPassword() {
  const open = useSyncExternalStore(passwordPrompt.subscribe, passwordPrompt.isOpen);
  if (!open) return null;
  return (
    <Suspense>
      <ConfirmPasswordDialog onAnswer={(confirmed) => passwordPrompt.answer(confirmed)} />
    </Suspense>
  );
}
