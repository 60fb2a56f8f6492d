import { Button, Checkbox } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import type { Device } from "@vigil/api/resources/devices.ts";
import { Empty } from "../parts/empty.tsx";
import { SessionStanding } from "../parts/session-standing.tsx";
import { useWatched } from "../parts/watched.ts";
import { useServer } from "../server.ts";
import { useLiveSessions } from "../sessions/live-sessions.ts";
import { ScreenSession } from "../sessions/screen-session.ts";
import { ScreenBar, type Scaling } from "./screen/screen-bar.tsx";
import { ScreenView } from "./screen/screen-view.tsx";

const noun = "the screen";

/** The screen of a device: seen, typed on and pointed at, whatever runs on it. */
export function DeviceScreen({ device }: { readonly device: Device }) {
  const server = useServer();
  const session = useLiveSessions().screen.of(device.uuid, (uuid) => new ScreenSession(uuid));
  const { phase } = useWatched(session.state);
  const [isViewOnly, setIsViewOnly] = useState(false);
  const open = (takeOver = false): void => session.open(server, { takeOver, isViewOnly });
  if (device.state !== "provisioned" && phase.name === "none")
    return <Empty title="Only provisioned devices show us their screen" />;
  return (
    <section className="session" aria-label="Screen">
      {phase.name === "none" ? (
        <Empty title="The screen of this device is not open">
          <p>What its monitor shows, from the BIOS on; keyboard and mouse go there.</p>
          <div className="session-start">
            <Button data-autofocus onClick={() => open()}>
              Open the screen
            </Button>
            <Checkbox
              label="View only"
              checked={isViewOnly}
              onChange={({ currentTarget }) => setIsViewOnly(currentTarget.checked)}
            />
          </div>
        </Empty>
      ) : null}
      <SessionStanding device={device} noun={noun} phase={phase} onCancel={() => session.close()} onOpen={open} />
      {phase.name === "open" ? <Seen session={session} /> : null}
    </section>
  );
}

function Seen({ session }: { readonly session: ScreenSession }) {
  const [scaling, setScaling] = useState<Scaling>("fit");
  const whole = useRef<HTMLDivElement>(null);
  const leave = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    session.looking(true);
    return () => session.looking(false);
  }, [session]);
  return (
    <div ref={whole} className="session-whole">
      <ScreenBar
        session={session}
        scaling={scaling}
        onScaling={setScaling}
        onFullScreen={() => void toggleFullScreen(whole.current)}
        endRef={leave}
      />
      <ScreenView session={session} scaling={scaling} onLeave={() => leave.current?.focus()} />
    </div>
  );
}

async function toggleFullScreen(element: HTMLElement | null): Promise<void> {
  if (document.fullscreenElement !== null) return document.exitFullscreen();
  await element?.requestFullscreen();
}
