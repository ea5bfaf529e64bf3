import { type MantineColorScheme, useMantineColorScheme } from "@mantine/core";
import { IconDeviceDesktop, IconMoon, IconSun } from "@tabler/icons-react";
import { DropMenu, MenuEntry } from "../components/drop-menu.tsx";

const SCHEMES = [
  { value: "light", label: "Light", Icon: IconSun },
  { value: "dark", label: "Dark", Icon: IconMoon },
  { value: "auto", label: "As the system", Icon: IconDeviceDesktop },
] as const satisfies readonly { value: MantineColorScheme; label: string; Icon: typeof IconSun }[];

/** Light, dark, or as the system says; this browser remembers. */
export function ThemeMenu() {
  // Without its transitions it would write a style sheet at run time, which the Content-Security-Policy refuses.
  const { colorScheme, setColorScheme } = useMantineColorScheme({ keepTransitions: true });
  const chosen = SCHEMES.find(({ value }) => value === colorScheme) ?? SCHEMES[2];
  return (
    <DropMenu label={`Theme: ${chosen.label}`} button={<chosen.Icon size={20} aria-hidden />}>
      {SCHEMES.map(({ value, label, Icon }) => (
        <MenuEntry
          key={value}
          icon={<Icon size={18} aria-hidden />}
          checked={value === colorScheme}
          onPick={() => setColorScheme(value)}
        >
          {label}
        </MenuEntry>
      ))}
    </DropMenu>
  );
}
