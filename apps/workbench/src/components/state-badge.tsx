import {
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleX,
  IconHelpCircle,
  IconLoader2,
  IconPlayerPause,
  IconShieldCheck,
} from "@tabler/icons-react";
import type { ComponentType } from "react";
import classes from "./state-badge.module.css";
import type { Tone } from "./tone.ts";

type IconType = ComponentType<{ size?: number; className?: string | undefined; "aria-hidden"?: boolean }>;

const ICONS: Record<Tone, IconType> = {
  running: IconCircleCheck,
  working: IconLoader2,
  suspended: IconPlayerPause,
  failed: IconCircleX,
  suspect: IconAlertTriangle,
  proven: IconShieldCheck,
  unknown: IconHelpCircle,
};

type Props = {
  readonly tone: Tone;
  readonly word: string;
  /** In the place of the tone's own. */
  readonly icon?: IconType;
};

/** A state as icon, word and color: never the color alone. The working icon turns. */
export function StateBadge({ tone, word, icon }: Props) {
  const Icon = icon ?? ICONS[tone];
  return (
    <span className={classes["badge"]} data-tone={tone}>
      <Icon
        size={16}
        aria-hidden
        className={tone === "working" && icon === undefined ? classes["turning"] : undefined}
      />
      {word}
    </span>
  );
}
