import "@xterm/xterm/css/xterm.css";
import { Button, useComputedColorScheme } from "@mantine/core";
import { useEffect, useRef } from "react";
import type { Device } from "@vigil/api/resources/devices.ts";
import { Empty } from "../parts/empty.tsx";
import { SessionStanding } from "../parts/session-standing.tsx";
import { useWatched } from "../parts/watched.ts";
import { useServer } from "../server.ts";
import { isLeaving } from "../sessions/leaving-key.ts";
import { useLiveSessions } from "../sessions/live-sessions.ts";
import { SerialSession } from "../sessions/serial-session.ts";
import { terminalColours } from "../sessions/terminal-theme.ts";

const noun = "the serial line";

/** The serial line of a device, in a terminal: its BIOS, its boot loader, a console of its system. */
export function DeviceSerial({ device }: { readonly device: Device }) {
  const server = useServer();
  const session = useLiveSessions().serial.of(device.uuid, (uuid) => new SerialSession(uuid));
  const { phase, wasOpen } = useWatched(session.state);
  const open = (takeOver = false): void => session.open(server, takeOver);
  if (device.state !== "provisioned" && phase.name === "none")
    return <Empty title="Only provisioned devices have a serial line for us" />;
  return (
    <section className="session" aria-label="Serial">
      {phase.name === "none" ? (
        <Empty title="The serial line of this device is not open">
          <p>Its BIOS, its boot loader and a console of its system can be read and typed at, wherever they use it.</p>
          <Button data-autofocus onClick={() => open()}>
            Open the serial line
          </Button>
        </Empty>
      ) : null}
      <SessionStanding device={device} noun={noun} phase={phase} onCancel={() => session.close()} onOpen={open} />
      {wasOpen ? <Line session={session} isOpen={phase.name === "open"} /> : null}
    </section>
  );
}

function Line({ session, isOpen }: { readonly session: SerialSession; readonly isOpen: boolean }) {
  const { isPoweredOn, hasOverflowed } = useWatched(session.state);
  const leave = useRef<HTMLButtonElement>(null);
  const power = isPoweredOn === undefined ? "" : isPoweredOn ? "The machine is on." : "The machine is off.";
  return (
    <>
      {isOpen ? (
        <div className="session-bar" role="toolbar" aria-label="Serial line">
          <span className="session-live">Open</span>
          <span role="status">
            {power} {hasOverflowed ? <span className="warn">The machine said more than the device kept.</span> : null}
          </span>
          <span className="dim session-hint">
            Keys go to the machine; <kbd>Ctrl ]</kbd> leaves the terminal
          </span>
          <Button ref={leave} variant="default" onClick={() => session.close()}>
            End the session
          </Button>
        </div>
      ) : null}
      <Screenful session={session} isOpen={isOpen} onLeave={() => leave.current?.focus()} />
    </>
  );
}

/** The terminal itself. It belongs to the session: here it is only shown. */
function Screenful({
  session,
  isOpen,
  onLeave,
}: {
  readonly session: SerialSession;
  readonly isOpen: boolean;
  readonly onLeave: () => void;
}) {
  const holder = useRef<HTMLDivElement>(null);
  const onLeaving = useRef(onLeave);
  useEffect(() => {
    onLeaving.current = onLeave;
  });
  const scheme = useComputedColorScheme("light");
  useEffect(() => {
    const { terminal, fit } = session;
    if (holder.current === null) return undefined;
    if (terminal.element === undefined) terminal.open(holder.current);
    else holder.current.append(terminal.element);
    terminal.attachCustomKeyEventHandler((event) => {
      if (!isLeaving(event)) return true;
      if (event.type === "keydown") onLeaving.current();
      return false;
    });
    const observer = new ResizeObserver(() => fit.fit());
    observer.observe(holder.current);
    return () => observer.disconnect();
  }, [session]);
  useEffect(() => {
    session.terminal.options.theme = terminalColours();
  }, [session, scheme]);
  useEffect(() => {
    session.terminal.options.disableStdin = !isOpen;
    if (isOpen) session.terminal.focus();
  }, [session, isOpen]);
  return <div ref={holder} className="session-terminal" data-open={isOpen} />;
}
