import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from "@mantine/core";

// Colours live in styles/tokens.css, once for each scheme. Here Mantine's own names are pointed at them, so that its
// parts and ours cannot drift apart. The tuples serve only where Mantine computes with a colour.
const grey: MantineColorsTuple = [
  "#f8f9fb",
  "#f1f3f6",
  "#e5e8ed",
  "#d3d8e0",
  "#b3bac6",
  "#8b93a1",
  "#626b7b",
  "#4a5160",
  "#2f3541",
  "#1a1d24",
];
const night: MantineColorsTuple = [
  "#e4e7ec",
  "#b7bdc9",
  "#939baa",
  "#6b7382",
  "#3a414d",
  "#2a2f38",
  "#20242b",
  "#16191e",
  "#111317",
  "#0c0e11",
];
const iris: MantineColorsTuple = [
  "#eef2ff",
  "#dde4fd",
  "#bac8fa",
  "#93a9f5",
  "#7089ee",
  "#556fe2",
  "#3f5bd0",
  "#344cb3",
  "#2b3f93",
  "#233375",
];

export const theme = createTheme({
  primaryColor: "iris",
  primaryShade: { light: 6, dark: 6 },
  colors: { gray: grey, dark: night, iris },
  fontFamily: "var(--sans)",
  fontFamilyMonospace: "var(--mono)",
  fontSizes: { xs: "12px", sm: "13px", md: "14px", lg: "16px", xl: "20px" },
  defaultRadius: "sm",
  radius: { xs: "3px", sm: "6px", md: "8px", lg: "10px", xl: "14px" },
  headings: { fontWeight: "600" },
  cursorType: "pointer",
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { size: "xs" } },
    TextInput: { defaultProps: { size: "xs" } },
    SegmentedControl: { defaultProps: { size: "xs" } },
    Textarea: { defaultProps: { size: "xs" } },
    FileInput: { defaultProps: { size: "xs" } },
    PasswordInput: { defaultProps: { size: "xs" } },
    Select: { defaultProps: { size: "xs", checkIconPosition: "right" } },
    Autocomplete: { defaultProps: { size: "xs" } },
    NativeSelect: { defaultProps: { size: "xs" } },
    NumberInput: { defaultProps: { size: "xs" } },
    Switch: { defaultProps: { size: "xs" } },
    MultiSelect: { defaultProps: { size: "xs" } },
    Checkbox: { defaultProps: { size: "xs" } },
    Tooltip: { defaultProps: { openDelay: 350, withinPortal: true, fz: 12, transitionProps: { duration: 80 } } },
    Notification: { defaultProps: { closeButtonProps: { "aria-label": "Close" } } },
    Menu: { defaultProps: { transitionProps: { duration: 80 }, shadow: "md" } },
    Modal: {
      defaultProps: {
        transitionProps: { duration: 100 },
        centered: false,
        yOffset: "12vh",
        closeButtonProps: { "aria-label": "Close" },
      },
    },
    Drawer: { defaultProps: { transitionProps: { duration: 120 }, position: "right" } },
  },
});

/** Points Mantine's variables at ours. */
export const variables: CSSVariablesResolver = () => {
  const shared = {
    "--mantine-color-body": "var(--raised)",
    "--mantine-color-text": "var(--ink)",
    "--mantine-color-dimmed": "var(--ink-3)",
    "--mantine-color-placeholder": "var(--ink-3)",
    "--mantine-color-default": "var(--raised)",
    "--mantine-color-default-hover": "var(--hover)",
    "--mantine-color-default-color": "var(--ink)",
    "--mantine-color-default-border": "var(--line-strong)",
    "--mantine-color-error": "var(--bad)",
    "--mantine-color-anchor": "var(--accent)",
    "--mantine-color-red-filled": "var(--bad-button)",
    "--mantine-color-red-filled-hover": "var(--bad-button-hover)",
    "--mantine-primary-color-filled": "var(--accent-fill)",
    "--mantine-primary-color-filled-hover": "var(--accent-fill-hover)",
  };
  return { variables: {}, light: shared, dark: shared };
};
