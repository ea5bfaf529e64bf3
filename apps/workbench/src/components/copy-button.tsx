import { ActionIcon, Button } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useState } from "react";
import { useAnnounce } from "./live-region.tsx";

type Props = {
  readonly text: string;
  /** What it copies: "Copy request id". */
  readonly label: string;
  /** Shows the label beside the icon. Default: the icon alone. */
  readonly withLabel?: boolean;
};

/** How long the check mark stays, in milliseconds: long enough to be seen, short enough to copy again. */
const SHOWN_MS = 1500;

/** Puts a text on the clipboard and says so. */
export function CopyButton({ text, label, withLabel = false }: Props) {
  const [copied, setCopied] = useState(false);
  const announce = useAnnounce();
  const copy = async () => {
    const done = await writeToClipboard(text);
    announce(done ? "Copied" : "The browser did not allow copying");
    setCopied(done);
    setTimeout(() => setCopied(false), SHOWN_MS);
  };
  const icon = copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />;
  if (withLabel) {
    return (
      <Button variant="default" leftSection={icon} onClick={() => void copy()}>
        {label}
      </Button>
    );
  }
  return (
    <ActionIcon variant="subtle" color="gray" aria-label={label} onClick={() => void copy()}>
      {icon}
    </ActionIcon>
  );
}

/** The clipboard is offered over TLS and on loopback only; elsewhere the old command still works. */
async function writeToClipboard(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}
