import "@xterm/xterm/css/xterm.css";
import { Button, NativeSelect, Slider, useComputedColorScheme } from "@mantine/core";
import { IconPlayerPause, IconPlayerPlay } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useParams, useSearch } from "@tanstack/react-router";
import { useCallback, useEffect, useRef, useState } from "react";
import { durationOf } from "../../ages.ts";
import { Waiting } from "../../parts/empty.tsx";
import { Failure } from "../../parts/failure.tsx";
import { useKeys } from "../../parts/keys.ts";
import { recordingFileQuery } from "../../queries.ts";
import { Page } from "../../shell/page.tsx";
import { recordingSearch } from "../searches.ts";
import { mountRecording, type MountedRecording } from "./mount-recording.ts";

const speeds = ["1", "2", "4", "16"] as const;

/** Plays a recording: what a serial line said, or a screen showed. */
export function PlayerPage() {
  const { id = "" } = useParams({ strict: false });
  const { kind = "sol" } = recordingSearch(useSearch({ strict: false }));
  const { data: file, error, refetch } = useQuery(recordingFileQuery(id));
  return (
    <Page
      title={kind === "sol" ? "Recording of a serial line" : "Recording of a screen"}
      above={{ to: "/sessions", title: "Sessions" }}
    >
      {file === undefined && error !== null ? <Failure error={error} onRetry={() => void refetch()} /> : null}
      {file === undefined && error === null ? <Waiting /> : null}
      {file === undefined ? null : <Player key={id} file={file} kind={kind} />}
    </Page>
  );
}

function Player({ file, kind }: { readonly file: Uint8Array; readonly kind: "sol" | "kvm" }) {
  const holder = useRef<HTMLDivElement>(null);
  const [mounted, setMounted] = useState<MountedRecording>();
  const [failure, setFailure] = useState<unknown>();
  const [atMs, setAtMs] = useState(0);
  const [isPlaying, setIsPlaying] = useState(false);
  const [speed, setSpeed] = useState("1");
  const recording = mounted?.recording;
  const lengthMs = recording?.lengthMs ?? 0;
  const scheme = useComputedColorScheme("light");
  useEffect(() => {
    if (holder.current === null) return undefined;
    try {
      const fresh = mountRecording(holder.current, file, kind);
      setMounted(fresh);
      return fresh.unmount;
    } catch (error) {
      setFailure(error);
      return undefined;
    }
  }, [file, kind]);
  useEffect(() => mounted?.recolour(), [mounted, scheme]);
  const show = useCallback(
    (ms: number): void => {
      try {
        recording?.showAt(ms);
        setAtMs(ms);
      } catch (error) {
        setFailure(error);
        setIsPlaying(false);
      }
    },
    [recording],
  );
  usePlaying(isPlaying, Number(speed), atMs, lengthMs, show, () => setIsPlaying(false));
  const toggle = (): void => {
    if (!isPlaying && atMs >= lengthMs) show(0);
    setIsPlaying(!isPlaying);
  };
  useKeys({ " ": toggle });
  return (
    <section className="session-player" aria-label="Player">
      {failure === undefined ? null : <Failure error={failure} />}
      <div className="session-bar" role="toolbar" aria-label="Recording">
        <Button
          variant="default"
          disabled={recording === undefined}
          leftSection={isPlaying ? <IconPlayerPause size={14} aria-hidden /> : <IconPlayerPlay size={14} aria-hidden />}
          onClick={toggle}
        >
          {isPlaying ? "Pause" : "Play"}
        </Button>
        <Slider
          className="session-slider"
          thumbLabel="Time"
          min={0}
          max={Math.max(lengthMs, 1)}
          step={100}
          value={Math.min(atMs, lengthMs)}
          label={durationOf}
          onChange={show}
        />
        <span className="session-rates" role="timer">
          {durationOf(atMs)} of {durationOf(lengthMs)}
        </span>
        <NativeSelect
          aria-label="Speed"
          value={speed}
          data={speeds.map((value) => ({ value, label: `${value} ×` }))}
          onChange={({ currentTarget }) => setSpeed(currentTarget.value)}
        />
      </div>
      <div ref={holder} className={kind === "sol" ? "session-terminal" : "session-screen"} data-scaling="fit" />
    </section>
  );
}

/** Goes on by itself, frame by frame of the browser, until the end. */
function usePlaying(
  isPlaying: boolean,
  speed: number,
  atMs: number,
  lengthMs: number,
  show: (ms: number) => void,
  onEnd: () => void,
): void {
  const latest = useRef({ atMs, onEnd });
  useEffect(() => {
    latest.current = { atMs, onEnd };
  });
  useEffect(() => {
    if (!isPlaying) return undefined;
    let before = performance.now();
    let frame = requestAnimationFrame(function next(now) {
      const to = Math.min(lengthMs, latest.current.atMs + (now - before) * speed);
      before = now;
      show(to);
      if (to >= lengthMs) return latest.current.onEnd();
      frame = requestAnimationFrame(next);
    });
    return () => cancelAnimationFrame(frame);
  }, [isPlaying, speed, lengthMs, show]);
}
