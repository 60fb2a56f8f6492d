import { useEffect, useRef } from "react";

/** What a key does: by `event.key`, with "mod+" for Ctrl (Command on a Mac) and "shift+" where it is not in the key itself. */
export type KeyMap = Readonly<Record<string, (event: KeyboardEvent) => void>>;

/**
 * Listens for single keys while the caller is on screen. Silent while someone types, and while a dialog has the floor.
 * @param where "fields": also while someone types; "everywhere": in a dialog too
 */
export function useKeys(map: KeyMap, where: "page" | "fields" | "everywhere" = "page"): void {
  const latest = useRef(map);
  useEffect(() => {
    latest.current = map;
  });
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.isComposing) return;
      if (where === "page" && isTyping(event.target)) return;
      if (where !== "everywhere" && isDialogOpen()) return;
      const run = latest.current[nameOf(event)];
      if (run === undefined) return;
      event.preventDefault();
      run(event);
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [where]);
}

/** "j", "shift+ArrowDown", "mod+k", "?": Shift is named only where the key does not show it. */
export function nameOf(event: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">): string {
  if (event.altKey) return "";
  const mod = event.ctrlKey || event.metaKey ? "mod+" : "";
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const isShown = event.key.length === 1 && event.key.toLowerCase() === event.key.toUpperCase();
  const shift = event.shiftKey && !isShown ? "shift+" : "";
  return `${mod}${shift}${key}`;
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  const isBox = target instanceof HTMLInputElement && (target.type === "checkbox" || target.type === "radio");
  return !isBox && (target.matches("input, textarea, select") || target.isContentEditable);
}

function isDialogOpen(): boolean {
  return document.querySelector('[role="dialog"][aria-modal="true"], [role="menu"]') !== null;
}
