import { useComputedColorScheme, useMantineColorScheme } from "@mantine/core";

/** Dark to light and back; until then the system's choice holds. */
export function useThemeToggle(): () => void {
  const { setColorScheme } = useMantineColorScheme();
  const isDark = useComputedColorScheme("light") === "dark";
  return () => setColorScheme(isDark ? "light" : "dark");
}
