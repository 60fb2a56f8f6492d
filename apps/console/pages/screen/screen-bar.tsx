import { Button, Menu, SegmentedControl, Switch, Tooltip } from "@mantine/core";
import { IconChevronDown, IconMaximize } from "@tabler/icons-react";
import { useState, type RefObject } from "react";
import { keyCombinations, keysyms } from "@vigil/wire/redirection/kvm-keys.ts";
import { useWatched } from "../../parts/watched.ts";
import type { ScreenSession } from "../../sessions/screen-session.ts";
import { bytesOf } from "../../sizes.ts";
import { inFront } from "./in-front.ts";
import { PasteDialog } from "./paste-dialog.tsx";

/** As large as there is room, or pixel by pixel. */
export type Scaling = "fit" | "actual";

interface BarProps {
  readonly session: ScreenSession;
  readonly scaling: Scaling;
  readonly onScaling: (scaling: Scaling) => void;
  readonly onFullScreen: () => void;
  /** Where the keys that leave the screen lead. */
  readonly endRef: RefObject<HTMLButtonElement | null>;
}

/** What can be done with an open screen, and how fast it comes. */
export function ScreenBar({ session, scaling, onScaling, onFullScreen, endRef }: BarProps) {
  const { width, height, rates, typing, isViewOnly, mustViewOnly } = useWatched(session.state);
  const [isPasting, setIsPasting] = useState(false);
  const bound = mustViewOnly ? "The session was opened for viewing only" : undefined;
  const why = isViewOnly ? (bound ?? "Switch View only off first") : undefined;
  return (
    <div className="session-bar" role="toolbar" aria-label="Screen">
      <span
        className="session-live session-rates"
        title={`Decoding and drawing took ${rates.busyMs} ms of the last second`}
      >
        {width} × {height} · {rates.framesPerSecond} frames/s · {bytesOf(rates.bytesPerSecond)}/s
      </span>
      <span role="status" className="dim">
        {typing > 0 ? `${typing} keys to type` : ""}
      </span>
      <span className="dim session-hint">
        <kbd>Ctrl ]</kbd> leaves it
      </span>
      <Switch
        label="View only"
        checked={isViewOnly}
        disabled={mustViewOnly}
        title={bound}
        onChange={({ currentTarget }) => session.viewOnly(currentTarget.checked)}
      />
      <KeysMenu session={session} why={why} />
      <Button variant="default" disabled={isViewOnly} title={why} onClick={() => setIsPasting(true)}>
        Type a text…
      </Button>
      <SegmentedControl
        aria-label="Scaling"
        value={scaling}
        onChange={(value) => onScaling(value === "actual" ? "actual" : "fit")}
        data={[
          { value: "fit", label: "Fit" },
          { value: "actual", label: "1:1" },
        ]}
      />
      <Tooltip label="Full screen">
        <Button variant="default" px={8} aria-label="Full screen" onClick={onFullScreen}>
          <IconMaximize size={14} aria-hidden />
        </Button>
      </Tooltip>
      <Button ref={endRef} variant="default" onClick={() => session.close()}>
        End the session
      </Button>
      <PasteDialog
        session={session}
        isOpen={isPasting}
        onClose={() => {
          setIsPasting(false);
          // Behind the dialog's own moving of the focus.
          requestAnimationFrame(() => session.focus());
        }}
      />
    </div>
  );
}

const combinations: readonly (readonly [name: string, keys: readonly number[]])[] = [
  ["Ctrl+Alt+Del", keyCombinations.ctrlAltDelete],
  ["Alt+Tab", keyCombinations.altTab],
  ["Alt+F4", keyCombinations.altF4],
  ["Ctrl+Esc", keyCombinations.ctrlEscape],
  ["Windows key", [keysyms.superLeft]],
  ["Windows+R", [keysyms.superLeft, 0x72]],
  ["Print screen", [keysyms.print]],
  ["Ctrl+]", [keysyms.controlLeft, 0x5d]],
];

/** Most of them a browser keeps to itself. */
const functionKeys = Array.from({ length: 12 }, (_, index) => [`F${index + 1}`, [keysyms.f1 + index]] as const);

/** Keys that the browser or the system here would take for itself. */
function KeysMenu({ session, why }: { readonly session: ScreenSession; readonly why: string | undefined }) {
  const item = ([name, keys]: readonly [string, readonly number[]]) => (
    <Menu.Item
      key={name}
      onClick={() => {
        session.input({ type: "press", keys });
        session.focus();
      }}
    >
      {name}
    </Menu.Item>
  );
  return (
    <Menu
      position="bottom-end"
      disabled={why !== undefined}
      portalProps={inFront()}
      withInitialFocusPlaceholder={false}
    >
      <Menu.Target>
        <Button
          variant="default"
          disabled={why !== undefined}
          title={why}
          rightSection={<IconChevronDown size={14} aria-hidden />}
        >
          Send keys
        </Button>
      </Menu.Target>
      <Menu.Dropdown className="session-keys">
        {combinations.map(item)}
        <Menu.Divider />
        <div className="session-fkeys">{functionKeys.map(item)}</div>
      </Menu.Dropdown>
    </Menu>
  );
}
